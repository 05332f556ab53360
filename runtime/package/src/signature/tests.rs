use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use caisson_types::Secret;
use tempfile::TempDir;

use super::*;
use crate::{Package, archive};

const MANIFEST: &str = manifest!("plugin", "");

/// A package's file and the package.
fn package(name: &str, version: &str) -> (Vec<u8>, Package) {
    let dir = tempfile::tempdir().unwrap();
    let manifest = MANIFEST.replace("\"demo\"", &format!("\"{name}\""));
    fs::write(dir.path().join("module.toml"), manifest.replace("1.0.0", version)).unwrap();
    fs::write(dir.path().join("built.wasm"), b"\0asm\x0d\0\x01\0").unwrap();
    let bytes =
        archive::write(dir.path(), &dir.path().join("built.wasm"), archive::Extras::default()).unwrap();
    let package = archive::read(&bytes).unwrap();
    (bytes, package)
}

fn password() -> Secret<String> {
    Secret::new("a password of a test".to_owned())
}

/// A pair of keys in a folder; making one takes a while, so that tests share two.
struct Keys {
    _dir: TempDir,
    secret: PathBuf,
    public_file: PathBuf,
    public: PublisherKey,
}

impl Keys {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let pair = KeyPair::generate(&password()).unwrap();
        let (secret, public_file) = pair.save(&dir.path().join("publisher")).unwrap();
        Self { _dir: dir, secret, public_file, public: pair.public }
    }

    fn open(&self) -> SigningKey {
        SigningKey::open(&self.secret, || Ok(password())).unwrap()
    }
}

static ALICE: LazyLock<Keys> = LazyLock::new(Keys::new);
static MALLORY: LazyLock<Keys> = LazyLock::new(Keys::new);

/// What an installation asks of a signature, given the key it trusts.
fn judge(key: &PublisherKey, bytes: &[u8], signature: &str) -> Result<(), SignatureError> {
    let verified = key.verify(bytes, &Signature::parse(signature)?)?;
    verified.fits(&archive::read(bytes).map_err(|_| SignatureError::Wrong)?)
}

#[test]
fn what_was_signed_is_proven_and_says_what_it_is() {
    let (bytes, package) = package("demo", "1.0.0");
    let signature = ALICE.open().sign(&package, &bytes).unwrap();
    judge(&ALICE.public, &bytes, &signature).unwrap();
    let verified = ALICE.public.verify(&bytes, &Signature::parse(&signature).unwrap()).unwrap();
    let digest = &package.digest;
    assert_eq!(verified.comment(), format!("module=plugin/demo version=1.0.0 digest={digest}"));
    assert_eq!(Signature::parse(&signature).unwrap().key_id(), ALICE.public.id());
    assert_eq!(ALICE.open().public().unwrap(), ALICE.public);
}

#[test]
fn another_key_another_file_and_another_package_are_refused() {
    let _case = caisson_threats::case(24, "a signature of another key, file or package").times(4);
    let (bytes, one) = package("demo", "1.0.0");
    let (newer_bytes, newer) = package("demo", "1.1.0");
    let refusal =
        |bytes: &[u8], signature: &str| judge(&ALICE.public, bytes, signature).unwrap_err().to_string();
    let by_mallory = MALLORY.open().sign(&one, &bytes).unwrap();
    assert!(refusal(&bytes, &by_mallory).starts_with("the signature was made with key "));
    let of_newer = ALICE.open().sign(&newer, &newer_bytes).unwrap();
    assert!(refusal(&bytes, &of_newer).starts_with("package and signature do not fit together"));
    // The right bytes under words that are true of another package, by the right key.
    let lying = ALICE.open().sign(&newer, &bytes).unwrap();
    assert_eq!(
        refusal(&bytes, &lying),
        "the signature is for version '1.1.0', and the package's is '1.0.0'; get the signature of this package"
    );
    // Mallory's signature under Alice's id: the id is not signed, and proves nothing.
    let mut lines: Vec<String> = by_mallory.lines().map(str::to_owned).collect();
    let mut raw = STANDARD.decode(&lines[1]).unwrap();
    raw[2..10].copy_from_slice(&ALICE.public.id().0);
    lines[1] = STANDARD.encode(raw);
    assert!(refusal(&bytes, &lines.join("\n")).starts_with("package and signature do not fit together"));
}

#[test]
fn a_comment_names_the_package_once() {
    let _case = caisson_threats::case(24, "a trusted comment that names no package, or two").times(5);
    let (bytes, package) = package("demo", "1.0.0");
    let right = Claims::of(&package).to_string();
    let with = |comment: &str| {
        let signature = ALICE.open().sign_with(&bytes, comment).unwrap();
        judge(&ALICE.public, &bytes, &signature).map_err(|error| error.to_string())
    };
    assert_eq!(with(&format!("timestamp:1 {right}\thashed")), Ok(()));
    let said = with("timestamp:1 file:demo.caisson hashed").unwrap_err();
    assert!(said.contains("does not say once which module") && said.contains(&right), "{said}");
    assert!(with(&format!("{right} version=1.0.1")).unwrap_err().contains("once which version"));
    assert!(with(&right.replace("plugin/", "product/")).unwrap_err().contains("module 'product/demo'"));
    assert!(with(&right.replace("digest=", "digest=0")).unwrap_err().contains("for digest '0"));
    assert!(with("").unwrap_err().contains("once which module"));
}

#[test]
fn no_flipped_bit_passes() {
    let _case = caisson_threats::case(24, "one flipped bit of an archive or its signature").times(128);
    let (bytes, package) = package("demo", "1.0.0");
    let signature = ALICE.open().sign(&package, &bytes).unwrap();
    let places = |from: usize, to: usize| (0..64).map(move |step| from + step * (to - from - 1) / 63);
    for (at, bit) in places(0, bytes.len()).zip((0..8).cycle()) {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << bit;
        assert!(judge(&ALICE.public, &changed, &signature).is_err(), "bit {bit} of byte {at} of the archive");
    }
    // Only the untrusted comment may be anything; it is neither kept nor shown. The last byte is the end of a line.
    let start = "untrusted comment: signature from caisson secret key".len();
    for (at, bit) in places(start, signature.len() - 1).zip((0..7).cycle()) {
        let mut changed = signature.clone().into_bytes();
        changed[at] ^= 1 << bit;
        let changed = String::from_utf8(changed).unwrap();
        assert!(judge(&ALICE.public, &bytes, &changed).is_err(), "bit {bit} of byte {at}: {changed}");
    }
}

#[test]
fn text_that_is_no_signature_is_refused_in_a_sentence() {
    let (bytes, package) = package("demo", "1.0.0");
    let good = ALICE.open().sign(&package, &bytes).unwrap();
    let lines: Vec<&str> = good.lines().collect();
    let with = |at: usize, line: &str| {
        let mut lines = lines.clone();
        lines[at] = line;
        lines.join("\n")
    };
    let spare = format!("{}AA", lines[1]);
    let controls = format!("{}\u{1b}[2J", lines[2]);
    let long = format!("{}{}", lines[2], "x".repeat(2_000));
    let cases = [
        (String::new(), "four lines"),
        (lines[..3].join("\n"), "four lines"),
        (format!("{good}more\n"), "four lines"),
        (with(0, "a comment"), "first line"),
        (with(1, &spare), "second line is damaged"),
        (with(1, lines[3]), "second line is damaged"),
        (with(2, "comment: x"), "third line"),
        (with(2, &controls), "not plain text"),
        (with(2, &long), "too long"),
        (with(3, lines[1]), "fourth line is damaged"),
        ("x".repeat(MAX_SIGNATURE_BYTES + 1), "longer than 16 KiB"),
    ];
    for (text, words) in cases {
        let said = Signature::parse(&text).err().unwrap().to_string();
        assert!(said.contains(words) && !said.contains('\n'), "'{words}' is not in: {said}");
    }
    assert!(Signature::parse(&good.replace('\n', "\r\n")).is_ok());
}

#[test]
fn the_legacy_form_is_refused_for_what_it_would_allow() {
    let _case = caisson_threats::case(24, "a prehashed signature shown as one over its own hash");
    let (bytes, package) = package("demo", "1.0.0");
    let signature = ALICE.open().sign(&package, &bytes).unwrap();
    let mut raw = STANDARD.decode(signature.lines().nth(1).unwrap()).unwrap();
    raw[..2].copy_from_slice(&LEGACY);
    let legacy = signature.replacen(signature.lines().nth(1).unwrap(), &STANDARD.encode(raw), 1);
    let refused = Signature::parse(&legacy).err().unwrap();
    assert!(refused.to_string().starts_with("the signature is of minisign's legacy form"), "{refused}");
}

#[test]
fn keys_are_kept_to_their_owner_and_never_overwritten() {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&ALICE.secret), 0o600);
    assert_eq!(
        fs::read_to_string(&ALICE.public_file).unwrap().parse::<PublisherKey>().unwrap(),
        ALICE.public
    );
    assert_eq!(ALICE.public.to_string().parse::<PublisherKey>().unwrap(), ALICE.public);

    let base = ALICE.secret.with_extension("");
    let before = fs::read(&ALICE.secret).unwrap();
    let refused = KeyPair::generate(&password()).unwrap().save(&base);
    assert!(matches!(refused, Err(SigningError::Exists(_))));
    assert_eq!(fs::read(&ALICE.secret).unwrap(), before);

    let wrong = SigningKey::open(&ALICE.secret, || Ok(Secret::new("another".to_owned())));
    assert!(matches!(wrong, Err(SigningError::Password(_))));
    let no_key = SigningKey::open(&ALICE.public_file, || panic!("no password is asked for"));
    assert!(matches!(no_key, Err(SigningError::NotAKey(_))));
    assert!(matches!(KeyPair::generate(&Secret::new(String::new())), Err(SigningError::NoPassword)));
}

#[test]
fn what_is_no_public_key_is_refused() {
    let signature = "RUQf6LRCGA9i559r3g7V1qNyJDApGip8MfqcadIgT9CuhV3EMhHoN1mGTkUidF/z7SrlQgXdy8ofjb7bNJJylDOocrCo8KLzZwo=";
    let line = ALICE.public.to_string();
    let cases = ["", "RW", signature, &line[1..], &format!("{line}\n{line}"), &format!("a comment\n{line}")];
    for text in cases {
        assert!(text.parse::<PublisherKey>().is_err(), "{text}");
    }
    // The key that minisign's manual shows, and its number.
    let known: PublisherKey = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3".parse().unwrap();
    assert_eq!(known.id().to_string(), "E7620F1842B4E81F");
}

/// The program of minisign's author, where the machine has it.
fn minisign(arguments: &[&str], stdin: &str) -> Option<String> {
    use std::io::Write as _;
    use std::process::Stdio;
    let mut child = Command::new("minisign")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "minisign {}: {said}", arguments.join(" "));
    Some(said)
}

#[test]
fn minisign_verifies_ours_and_signs_for_us() {
    let dir = tempfile::tempdir().unwrap();
    let (bytes, package) = package("demo", "1.0.0");
    let file = dir.path().join("demo.caisson");
    let signature = dir.path().join("demo.caisson.minisig");
    fs::write(&file, &bytes).unwrap();
    let name = |path: &Path| path.to_str().unwrap().to_owned();

    // Ours, verified by minisign.
    fs::write(&signature, ALICE.open().sign(&package, &bytes).unwrap()).unwrap();
    let public = name(&ALICE.public_file);
    let Some(said) = minisign(&["-Vm", &name(&file), "-p", &public], "") else {
        eprintln!("left out: minisign is not installed");
        return;
    };
    assert!(said.contains("module=plugin/demo version=1.0.0"), "{said}");

    // A key without a password of minisign's own, its signature verified here.
    let (secret, public) = (name(&dir.path().join("theirs.key")), name(&dir.path().join("theirs.pub")));
    minisign(&["-G", "-W", "-s", &secret, "-p", &public], "").unwrap();
    fs::remove_file(&signature).unwrap();
    let comment = Claims::of(&package).to_string();
    minisign(&["-Sm", &name(&file), "-s", &secret, "-t", &comment], "").unwrap();
    let key: PublisherKey = fs::read_to_string(&public).unwrap().parse().unwrap();
    judge(&key, &bytes, &fs::read_to_string(&signature).unwrap()).unwrap();

    // Their key used here, and ours there.
    let theirs = SigningKey::open(Path::new(&secret), || panic!("it has no password")).unwrap();
    judge(&key, &bytes, &theirs.sign(&package, &bytes).unwrap()).unwrap();
    let secret = name(&ALICE.secret);
    minisign(&["-Sm", &name(&file), "-s", &secret, "-t", &comment], &format!("{}\n", password().expose()))
        .unwrap();
    judge(&ALICE.public, &bytes, &fs::read_to_string(&signature).unwrap()).unwrap();

    // Minisign's legacy form.
    minisign(
        &["-l", "-Sm", &name(&file), "-s", &name(Path::new(&dir.path().join("theirs.key"))), "-t", &comment],
        "",
    )
    .unwrap();
    let legacy = fs::read_to_string(&signature).unwrap();
    assert!(matches!(judge(&key, &bytes, &legacy), Err(SignatureError::Legacy)));
}
