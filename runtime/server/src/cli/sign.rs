//! Keys of publishers, signatures of packages, and packages that come with one.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use caisson_distribution::{Digest, Source};
use caisson_package::Checked;
use caisson_package::signature::{EXTENSION, KeyPair, PublisherKey, Signature, SigningKey};
use caisson_registry::{Exceptions, Installed, Registry, Upload};
use caisson_storage::{Db, Optional, publishers};
use caisson_types::Secret;
use clap::Args;

use super::login::{LoginArguments, ask_password};
use crate::config::Config;
use crate::parts;

/// Names the environment variable that holds the password of a secret key; never an argument, which every user of the machine
/// can read.
const PASSWORD: &str = "CAISSON_KEY_PASSWORD";

#[derive(Args)]
pub(crate) struct SignArguments {
    package: PathBuf,
    /// The secret key, ours or minisign's. Its password is asked for, or taken from CAISSON_KEY_PASSWORD.
    #[arg(long)]
    key: PathBuf,
    /// Default: the package's name with .minisig after it.
    #[arg(long)]
    output: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct VerifyArguments {
    package: PathBuf,
    /// Default: the package's name with .minisig after it.
    #[arg(long)]
    signature: Option<PathBuf>,
    /// A public key, as a file or as its line of base64; default: the publishers that this panel trusts.
    #[arg(long)]
    publisher_key: Option<String>,
}

#[derive(Args)]
pub(crate) struct InstallArguments {
    /// A file, https://…/module.caisson, or oci://registry/repository:tag.
    pub(super) package: String,
    /// The package's digest, sha256:…; an address needs one.
    #[arg(long)]
    digest: Option<String>,
    #[command(flatten)]
    login: LoginArguments,
    /// Default: the package's name with .minisig after it, or the one in the registry, where it is there.
    #[arg(long)]
    signature: Option<PathBuf>,
    /// Play the package's own scenarios first, twice and with a provider in trouble, and refuse it where one goes wrong.
    #[arg(long)]
    pub(super) conformance: bool,
    /// Let it come from another publisher than the module did before, or from nobody. The audit log keeps it.
    #[arg(long)]
    new_publisher: bool,
    /// Let it be older than what already served. The audit log keeps it.
    #[arg(long)]
    allow_older: bool,
}

/// Where a package's signature is, unless somebody says otherwise.
pub(super) fn beside(package: &Path) -> PathBuf {
    let mut name = OsString::from(package);
    name.push(".");
    name.push(EXTENSION);
    name.into()
}

/// The password of a new or an old key. `again` asks for it twice.
fn password(again: bool) -> io::Result<Secret<String>> {
    if let Ok(password) = std::env::var(PASSWORD) {
        return Ok(Secret::new(password));
    }
    let password = ask_password("Password of the secret key: ", PASSWORD)?;
    if again && password != ask_password("The same once more: ", PASSWORD)? {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the two passwords differ; try again"));
    }
    Ok(password)
}

/// Makes `<out>.key` and `<out>.pub`.
pub(super) fn keygen(out: &Path) -> anyhow::Result<()> {
    let pair = KeyPair::generate(&password(true)?)?;
    let (secret, public) = pair.save(out)?;
    println!("Secret key: {}  keep it, and its password, to yourself", secret.display());
    println!("Public key: {}  give it to those who install your modules", public.display());
    println!("Key {}: {}", pair.public.id(), pair.public);
    Ok(())
}

pub(super) fn sign(asked: SignArguments) -> anyhow::Result<()> {
    let bytes = read(&asked.package)?;
    let checked = checked(&asked.package, &bytes)?;
    let key = SigningKey::open(&asked.key, || password(false))?;
    let text = key.sign(&checked.package, &bytes)?;
    let output = asked.output.unwrap_or_else(|| beside(&asked.package));
    std::fs::write(&output, text).with_context(|| format!("{} cannot be written", output.display()))?;
    println!("{}", output.display());
    Ok(())
}

/// Verifies against a key at hand, or else against the publishers that this panel trusts.
pub(super) async fn verify(asked: VerifyArguments, config: &Config) -> anyhow::Result<()> {
    let bytes = read(&asked.package)?;
    let file = asked.signature.unwrap_or_else(|| beside(&asked.package));
    let signature = signature(&file)?;
    let signature = Signature::parse(&signature)?;
    let (key, who) = match &asked.publisher_key {
        Some(key) => (key_of(key)?, String::new()),
        None => trusted(&parts::database(config).await?, &signature).await?,
    };
    let verified = key.verify(&bytes, &signature)?;
    let checked = checked(&asked.package, &bytes)?;
    verified.fits(&checked.package)?;
    println!("Signed with key {}{who}", key.id());
    println!("{}", verified.comment());
    Ok(())
}

async fn trusted(db: &Db, signature: &Signature) -> anyhow::Result<(PublisherKey, String)> {
    let id = signature.key_id().to_string();
    let found = publishers::by_key_id(&mut *db.conn().await?, &id).await.optional()?;
    let publisher = found.with_context(|| {
        format!("the package is signed with key {id}, which this panel does not trust; see 'caisson publisher list'")
    })?;
    ensure!(
        publisher.revoked_at.is_none(),
        "the key {id} of {} was revoked here; ask for a package that is signed with another",
        publisher.name
    );
    Ok((publisher.public_key.parse()?, format!(" of {}, who is trusted here", publisher.name)))
}

/// What is to be installed, with the signature that is named or lies beside it.
pub(super) async fn upload(asked: InstallArguments, registry: &Registry) -> anyhow::Result<Upload> {
    let found = if Source::is_meant(&asked.package) {
        let source = Source::parse(&asked.package, asked.digest.as_deref())?;
        let credentials = match &source {
            Source::Registry { at, .. } => asked.login.credentials(at.registry())?,
            Source::Address { .. } => None,
        };
        registry.download(&source, credentials.as_ref()).await?
    } else {
        let file = Path::new(&asked.package);
        let package = read(file)?;
        if let Some(digest) = &asked.digest {
            let (expected, found): (Digest, _) = (digest.parse()?, Digest::of(&package));
            ensure!(
                expected == found,
                "{} has the digest {found}, and not {expected}; get the package again from its publisher",
                file.display()
            );
        }
        let signature =
            Some(beside(file)).filter(|file| file.exists()).map(|file| signature(&file)).transpose()?;
        Upload { package, signature, ..Upload::default() }
    };
    let signature = asked.signature.map(|file| signature(&file)).transpose()?.or(found.signature);
    let exceptions = Exceptions { new_publisher: asked.new_publisher, allow_older: asked.allow_older };
    Ok(Upload { signature, exceptions, ..found })
}

/// Says what was installed, and what is wrong with it all the same.
pub(super) fn tell(installed: &Installed) {
    let signed = installed.publisher.as_ref().map_or(String::new(), |name| format!(", signed by {name}"));
    let next = match installed.waits_for_approval {
        true => format!("; next: caisson module grant {}", installed.key),
        false => String::new(),
    };
    println!("{} {} is installed{signed}{next}", installed.key, installed.version);
    if installed.unsigned {
        eprintln!("warning: the package is not signed; nothing proves who made it");
    }
}

/// A public key: a file's, or one that was given itself.
pub(super) fn key_of(given: &str) -> anyhow::Result<PublisherKey> {
    let path = Path::new(given);
    let text = if path.is_file() { text(path)? } else { given.to_owned() };
    text.parse().with_context(|| format!("'{given}' cannot be a publisher's key"))
}

pub(super) fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))
}

/// A signature's file, which says something: what is empty is to the panel as none at all.
pub(super) fn signature(path: &Path) -> anyhow::Result<String> {
    let signature = text(path)?;
    Signature::parse(&signature).with_context(|| format!("{} holds no signature", path.display()))?;
    Ok(signature)
}

/// A package that a panel would take.
pub(super) fn checked(path: &Path, bytes: &[u8]) -> anyhow::Result<Checked> {
    caisson_package::check_package(bytes)
        .with_context(|| format!("{} is no package that a panel would take", path.display()))
}

pub(super) fn text(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
}
