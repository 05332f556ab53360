//! `caisson module publish`: a package to a registry.

use std::path::PathBuf;

use caisson_distribution::{Artifact, Parcel, publish};
use clap::Args;

use crate::cli::login::LoginArguments;
use crate::cli::sign;

#[derive(Args)]
pub(crate) struct PublishArguments {
    package: PathBuf,
    /// Such as oci://registry.example.com/modules/powerdns; the tag is the package's version unless it is said.
    to: String,
    #[command(flatten)]
    login: LoginArguments,
    /// Move a tag that holds something else.
    #[arg(long)]
    replace: bool,
}

pub(super) async fn run(asked: PublishArguments) -> anyhow::Result<()> {
    let bytes = sign::read(&asked.package)?;
    // What no panel would take is not published.
    let package = sign::checked(&asked.package, &bytes)?.package;
    let signature = sign::beside(&asked.package);
    let signature = signature.exists().then(|| sign::signature(&signature)).transpose()?;
    let mut at: Artifact = asked.to.parse()?;
    if !Artifact::has_version(&asked.to) {
        // Tags have no plus sign, which versions may.
        at = at.with_tag(&package.manifest.module.version.to_string().replace('+', "_"));
    }
    let credentials = asked.login.credentials(at.registry())?;
    let unsigned = signature.is_none();
    let parcel = Parcel { package: &package, bytes, signature, replace: asked.replace };
    let published = publish(&at, parcel, credentials.as_ref()).await?;
    let how = if published.already { " is there already" } else { " is published" };
    println!("{}{how}", published.at);
    println!("{}", published.at.with_digest(&published.manifest));
    if unsigned {
        eprintln!(
            "warning: the package is not signed; sign it with 'caisson module sign' and publish it once more"
        );
    }
    Ok(())
}
