//! Keys and signatures: made, used, checked; and passwords, which a terminal is asked for.

use std::io::Write as _;
use std::process::{Command, Stdio};

use caisson_tests::support::{caisson_program, puppet};

use super::{Desk, FAILED};

const WORD: &str = "a password of a test";

/// A desk with a package, a key, and the package's signature.
fn signed() -> Desk {
    let desk = Desk::new().with("CAISSON_KEY_PASSWORD", WORD);
    puppet::package("puppet", "1.0.0").unwrap().save(desk.folder.path(), "puppet.caisson").unwrap();
    desk.does("module keygen --out ada");
    desk.does("module sign puppet.caisson --key ada.key");
    desk
}

#[test]
fn a_key_is_not_made_without_a_password_or_over_another() {
    let desk = Desk::new();
    let silent = "there is no terminal to ask for the password at; set CAISSON_KEY_PASSWORD";
    desk.refuses("module keygen --out ada", silent);
    let desk = desk.with("CAISSON_KEY_PASSWORD", "");
    desk.refuses(
        "module keygen --out ada",
        "a key without a password is not made; choose one of 1 to 1024 bytes",
    );
    let desk = desk.with("CAISSON_KEY_PASSWORD", WORD);
    desk.refuses(
        "module keygen --out none/ada",
        "none/ada.key cannot be read or written: No such file or directory (os error 2)",
    );
    desk.does("module keygen --out ada");
    let exists = |file: &str| {
        format!("{file} exists already; choose another name, since a key that was overwritten is lost")
    };
    desk.refuses("module keygen --out ada", &exists("ada.pub"));
    std::fs::remove_file(desk.path("ada.pub")).unwrap();
    desk.refuses("module keygen --out ada", &exists("ada.key"));
    // Where the second half cannot be written, the first does not stay.
    std::os::unix::fs::symlink("none/bob.pub", desk.path("bob.pub")).unwrap();
    desk.refuses("module keygen --out bob", &exists("bob.pub"));
}

#[test]
fn what_cannot_be_signed_is_told() {
    let desk = signed();
    desk.write("text.caisson", "hello");
    std::fs::File::create(desk.path("large.caisson")).unwrap().set_len(41 << 20).unwrap();
    for (line, sentence) in [
        (
            "module sign large.caisson --key ada.key",
            "large.caisson is no package that a panel would take\n  because the package is 42991616 bytes long; at most 41943040 are read",
        ),
        (
            "module sign gone.caisson --key ada.key",
            "gone.caisson cannot be read\n  because No such file or directory (os error 2)",
        ),
        (
            "module sign text.caisson --key ada.key",
            "text.caisson is no package that a panel would take\n  because this is not a module package: a .caisson file is a \
             zstd-compressed tar archive, as `caisson module pack` makes it",
        ),
        (
            "module sign puppet.caisson --key ada.pub",
            "ada.pub is not a secret key; it is the file ending in .key that 'caisson module keygen' or minisign wrote",
        ),
        (
            "module sign puppet.caisson --key bob.key",
            "bob.key cannot be read or written: No such file or directory (os error 2)",
        ),
        (
            "module sign puppet.caisson --key ada.key --output none/x.minisig",
            "none/x.minisig cannot be written\n  because No such file or directory (os error 2)",
        ),
    ] {
        desk.refuses(line, sentence);
    }
    let desk = desk.with("CAISSON_KEY_PASSWORD", "another");
    desk.refuses(
        "module sign puppet.caisson --key ada.key",
        "the password does not open ada.key; try again with the one that it was made with",
    );
    let desk = Desk { environment: Vec::new(), ..desk };
    desk.refuses(
        "module sign puppet.caisson --key ada.key",
        "there is no terminal to ask for the password at; set CAISSON_KEY_PASSWORD",
    );
}

#[test]
fn what_does_not_verify_is_told() {
    let desk = signed();
    puppet::package("puppet", "1.1.0").unwrap().save(desk.folder.path(), "other.caisson").unwrap();
    desk.does("module keygen --out bob");
    desk.write("empty.minisig", "");
    let public = |name: &str| {
        let text = std::fs::read_to_string(desk.path(name)).unwrap();
        let id = text.lines().next().unwrap().rsplit(' ').next().unwrap().to_owned();
        (id, text.lines().nth(1).unwrap().to_owned())
    };
    let ((ada, ada_key), (bob, _)) = (public("ada.pub"), public("bob.pub"));
    let no_key = "this is not a minisign public key: paste the file ending in .pub, or its second line, which begins with RW";
    let cases = [
        ("module verify gone.caisson", "gone.caisson cannot be read\n  because No such file or directory (os error 2)".to_owned()),
        (
            "module verify other.caisson",
            "other.caisson.minisig cannot be read\n  because No such file or directory (os error 2)".to_owned(),
        ),
        (
            "module verify puppet.caisson --signature empty.minisig",
            "empty.minisig holds no signature\n  because this is not a signature, since it does not have four lines: it is the file ending \
             in .minisig that 'caisson module sign' or minisign wrote beside the package"
                .to_owned(),
        ),
        (
            "module verify puppet.caisson",
            format!("the package is signed with key {ada}, which this panel does not trust; see 'caisson publisher list'"),
        ),
        (
            "module verify puppet.caisson --publisher-key nothing",
            format!("'nothing' cannot be a publisher's key\n  because {no_key}"),
        ),
        (
            "module verify puppet.caisson --publisher-key ada.key",
            format!("'ada.key' cannot be a publisher's key\n  because {no_key}"),
        ),
        (
            "module verify puppet.caisson --publisher-key bob.pub",
            format!("the signature was made with key {ada}, and this is key {bob}"),
        ),
        (
            "module verify other.caisson --signature puppet.caisson.minisig --publisher-key ada.pub",
            "package and signature do not fit together: one of them was changed, or the signature is of another file; get both again from the \
             publisher"
                .to_owned(),
        ),
    ];
    for (line, sentence) in &cases {
        desk.refuses(line, sentence);
    }
    desk.does(&format!("publisher add --name Ada --key {ada_key}"));
    desk.does("module verify puppet.caisson");
    desk.does(&format!("publisher revoke {ada}"));
    desk.refuses(
        "module verify puppet.caisson",
        &format!("the key {ada} of Ada was revoked here; ask for a package that is signed with another"),
    );
}

/// A terminal of its own, at which somebody types these lines.
fn at_a_terminal(desk: &Desk, line: &str, typed: &str) -> (Option<i32>, String) {
    let command = format!("{} {line}", caisson_program().unwrap().display());
    let mut script = Command::new("script");
    script.args(["--quiet", "--return", "--command", &command, "/dev/null"]);
    script.env_remove("CAISSON_KEY_PASSWORD").current_dir(desk.folder.path());
    let mut child =
        script.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    let done = child.wait_with_output().unwrap();
    (done.status.code(), String::from_utf8_lossy(&done.stdout).replace('\r', ""))
}

#[test]
fn a_terminal_is_asked_for_what_was_not_said() {
    let desk = Desk::new();
    let (status, said) = at_a_terminal(&desk, "module keygen --out ada", "one\ntwo\n");
    assert!(said.ends_with("error: the two passwords differ; try again\n"), "{said}");
    assert_eq!(status, Some(FAILED));
    let (status, said) = at_a_terminal(&desk, "module keygen --out ada", "one\none\n");
    assert!(said.contains("Password of the secret key: ") && said.contains("Public key: ada.pub"), "{said}");
    assert_eq!(status, Some(0));
}
