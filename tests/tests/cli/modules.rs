//! Administrators' commands about modules, on a panel of its own that nobody serves.

use std::net::TcpListener;

use caisson_tests::support::archive::Archive;
use caisson_tests::support::puppet;

use super::{Desk, MISUSED};

const NOBODY: &str = "0198c6f2-3a50-7f1e-9c1d-2b6f0a4d7e13";
const ZEROS: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

fn puppet(version: &str) -> Archive {
    puppet::package("puppet", version).unwrap()
}

fn save(desk: &Desk, archive: &Archive, name: &str) {
    archive.save(desk.folder.path(), name).unwrap();
}

/// A desk on whose panel the puppet is installed, and waits for approval.
fn installed() -> Desk {
    let desk = Desk::new();
    save(&desk, &puppet("1.0.0"), "puppet.caisson");
    desk.does("module install puppet.caisson");
    desk
}

#[test]
fn what_is_to_be_installed_has_a_place_and_a_digest() {
    let desk = Desk::new();
    save(&desk, &puppet("1.0.0"), "puppet.caisson");
    desk.write("text.caisson", "hello");
    desk.write("empty.minisig", "");
    let silent = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let bytes = std::fs::read(desk.path("puppet.caisson")).unwrap();
    let digest = format!("sha256:{}", hex::encode(<sha2::Sha256 as sha2::Digest>::digest(bytes)));
    let address = format!("http://{silent}/puppet.caisson");
    let installed = |package: &str, why: &str| format!("{package} cannot be installed\n  because {why}");
    let cases = [
        ("gone.caisson".to_owned(), "gone.caisson cannot be read\n  because No such file or directory (os error 2)".to_owned()),
        (
            "text.caisson".to_owned(),
            installed(
                "text.caisson",
                "this is not a module package: a .caisson file is a zstd-compressed tar archive, as `caisson module pack` makes it",
            ),
        ),
        (
            "ftp://p.example/m".to_owned(),
            "'ftp://p.example/m' is no place that packages come from; write https://…/module.caisson or oci://registry/repository:tag"
                .to_owned(),
        ),
        (
            "http://p.example/m".to_owned(),
            "http://p.example/m would be fetched without TLS, which is done on this machine alone; write https://".to_owned(),
        ),
        ("https://[::1/m".to_owned(), "'https://[::1/m' cannot be read as an address: invalid IPv6 address".to_owned()),
        (
            "https://p.example/m".to_owned(),
            "an address needs the package's digest, sha256: and 64 hexadecimal digits, as its publisher tells it".to_owned(),
        ),
        (
            "https://p.example/m --digest sha256:12".to_owned(),
            "'sha256:12' is no digest; write sha256: and 64 hexadecimal digits, as `sha256sum` prints them".to_owned(),
        ),
        (
            "oci://p.example".to_owned(),
            "'oci://p.example' is no artifact in a registry (it names no repository); write \
             oci://registry.example.com/modules/name:1.0.0"
                .to_owned(),
        ),
        (
            format!("{address} --digest {ZEROS}"),
            "127.0.0.1 lies in a private network; where packages are to come from there, add its address and port to egress.allow_private \
             in caisson.toml"
                .to_owned(),
        ),
        (
            format!("puppet.caisson --digest {ZEROS}"),
            format!("puppet.caisson has the digest {digest}, and not {ZEROS}; get the package again from its publisher"),
        ),
        (
            "puppet.caisson --signature gone.minisig".to_owned(),
            "gone.minisig cannot be read\n  because No such file or directory (os error 2)".to_owned(),
        ),
        (
            "puppet.caisson --signature empty.minisig".to_owned(),
            "empty.minisig holds no signature\n  because this is not a signature, since it does not have four lines: it is the file ending \
             in .minisig that 'caisson module sign' or minisign wrote beside the package"
                .to_owned(),
        ),
    ];
    for (package, sentence) in &cases {
        desk.refuses(&format!("module install {package}"), sentence);
    }
    desk.write("caisson.toml", format!("[egress]\nallow_private = [\"{silent}\"]"));
    desk.refuses(
        &format!("module install {address} --digest {ZEROS}"),
        "127.0.0.1 could not be reached: 127.0.0.1 did not take the connection (connection refused)",
    );
    desk.write("caisson.toml", "[packages]\nsignatures = \"required\"");
    desk.refuses(
        "module install puppet.caisson",
        &installed(
            "puppet.caisson",
            "the package is not signed, and this panel takes signed ones only; send its .minisig file with it",
        ),
    );
    std::fs::remove_file(desk.path("caisson.toml")).unwrap();
    desk.write("caisson-data/packages", "no folder");
    desk.refuses(
        "module install puppet.caisson",
        &installed(
            "puppet.caisson",
            "the package could not be kept on disk\n  because File exists (os error 17)",
        ),
    );
    assert_eq!(
        desk.does("module list"),
        "No module is installed; install one with 'caisson module install <package>'.\n"
    );
}

#[test]
fn a_module_that_is_not_there_is_not_there_for_any_command() {
    let desk = installed();
    let unknown = "there is no module product/none; see the list of installed modules";
    for verb in [
        "sbom product/none",
        "grant product/none",
        "activate product/none",
        "diff product/none",
        "promote product/none",
        "rollback product/none",
        "delete product/none",
        "delete product/none --erase --confirm none",
        "deactivate product/none",
        "release product/none",
        "grants product/none",
        "narrow product/none --unused",
        "narrow product/none --grant x",
    ] {
        desk.refuses(&format!("module {verb}"), unknown);
    }
    desk.refuses(
        "module export product/none --output out",
        &format!("product/none cannot be exported to out\n  because {unknown}"),
    );
    let version = "product/puppet has no version 9.0.0 here; install its package first";
    for verb in ["sbom", "activate", "diff"] {
        desk.refuses(&format!("module {verb} product/puppet --version 9.0.0"), version);
    }
    for verb in ["call", "call --bundle"] {
        desk.refuses(
            &format!("module {verb} {NOBODY}"),
            &format!("call {NOBODY} is not kept; see the list of the module's calls"),
        );
    }
    desk.refuses("module sbom nothing", "'nothing' is neither a file nor a module such as product/powerdns");
    desk.refuses(
        "module sbom product/puppet",
        "product/puppet has no list of its parts; pack it again with 'caisson module pack'",
    );
}

#[test]
fn a_module_serves_only_what_was_granted_and_goes_only_when_it_rests() {
    let desk = installed();
    let same = puppet("1.0.0").edit("module.toml", "title = \"Puppet\"", "title = \"Other\"").unwrap();
    save(&desk, &same, "same.caisson");
    save(&desk, &puppet("1.1.0"), "newer.caisson");
    desk.write("full/file", "");
    let key = "product/puppet";
    for (line, sentence) in [
        (
            "install same.caisson",
            "same.caisson cannot be installed\n  because product/puppet 1.0.0 is installed already, with other content; give the changed \
             package a new version",
        ),
        (
            "activate product/puppet",
            "product/puppet 1.0.0 waits for approval; decide what it may do on its Permissions page, or with 'caisson module grant \
             product/puppet'",
        ),
        (
            "grant product/puppet --grant kitchen",
            "product/puppet does not ask for 'kitchen', so it cannot be granted; 'caisson module grant product/puppet' lists what it asks for",
        ),
        (
            "narrow product/puppet --grant kitchen",
            "product/puppet has no grant 'kitchen', so there is nothing to take away",
        ),
        ("deactivate product/puppet", "product/puppet does not serve, so there is nothing to deactivate"),
        (
            "rollback product/puppet",
            "product/puppet is not active; activate it on its page, or with 'caisson module activate product/puppet'",
        ),
        (
            "promote product/puppet",
            "product/puppet has no canary; begin one with 'caisson module activate product/puppet --version <version> --canary <percent>'",
        ),
        (
            "export product/puppet --output full",
            "full holds something; name an empty folder, or one that is not there",
        ),
        (
            "export product/puppet --output full/file/out",
            "product/puppet cannot be exported to full/file/out\n  because the export could not be written; it takes an empty folder with \
             room on its disk\n  because Not a directory (os error 20)",
        ),
        (
            "delete product/puppet --erase --confirm pupet",
            "this is not the name of product/puppet; type 'puppet' to erase all that it kept",
        ),
    ] {
        desk.refuses(&format!("module {line}"), sentence);
    }
    desk.does(&format!("module grant {key} --all"));
    desk.does(&format!("module activate {key}"));
    for (line, sentence) in [
        ("delete product/puppet", "product/puppet is active; deactivate it first"),
        (
            "rollback product/puppet",
            "nothing served before product/puppet 1.0.0; activate another version with 'caisson module activate product/puppet --version \
             <version>'",
        ),
        (
            "activate product/puppet --canary 10",
            "product/puppet 1.0.0 serves everything already, so it cannot be a canary",
        ),
        (
            "activate product/puppet --canary 0",
            "share: A share is 1 to 99 percent, or 0 with the services that get the version.",
        ),
        (
            "activate product/puppet --canary 10 --error-budget 200%:0",
            "most_failures: Failures are 0 to 100 percent of the calls. least_calls: Calls before a verdict are 1 to 100000.",
        ),
    ] {
        desk.refuses(&format!("module {line}"), sentence);
    }
    // The puppet's next version makes of its tables what they do not allow.
    desk.does("module install newer.caisson");
    desk.does(&format!("module grant {key} --all"));
    desk.refuses(
        &format!("module activate {key}"),
        "the module refused: That would contradict what is stored already.",
    );
    desk.does(&format!("module deactivate {key}"));
    desk.does(&format!("module delete {key} --erase --confirm puppet"));
    assert!(desk.does("module list").starts_with("No module is installed"));
}

#[test]
fn what_is_misspelt_is_told_with_what_it_may_be() {
    let desk = Desk::new();
    for (line, sentence) in [
        (
            "grant powerdns",
            "invalid value 'powerdns' for '<MODULE>': 'powerdns' is not a module: write its type and name, such as product/powerdns",
        ),
        (
            "activate product/a --canary 100",
            "invalid value '100' for '--canary <PERCENT>': 100 is not in 0..=99",
        ),
        (
            "activate product/a --canary 5 --error-budget 2",
            "invalid value '2' for '--error-budget <PERCENT%:CALLS>': write the percentage and the least number of calls, as in 2%:50",
        ),
        (
            "calls product/a --since yesterday",
            "invalid value 'yesterday' for '--since <SINCE>': 'yesterday' is neither a duration such as 90s, 30m, 2h or 7d nor a time such as \
             2026-01-31T12:00:00Z",
        ),
        (
            "calls product/a --request x",
            "invalid value 'x' for '--request <REQUEST>': 'x' is not what an x-request-id looks like: it is a UUID",
        ),
        (
            "calls product/a --service x",
            "invalid value 'x' for '--service <SERVICE>': 'x' is not an id, which looks like 0198c6f2-3a50-7f1e-9c1d-2b6f0a4d7e13",
        ),
        ("grant product/a --all --grant x", "the argument '--all' cannot be used with '--grant <GRANT>'"),
    ] {
        desk.misuses(&format!("module {line}"), sentence);
    }
    for line in ["activate product/a --error-budget 2%:50", "delete product/a --erase", "narrow product/a"] {
        assert_eq!(desk.run(&format!("module {line}")).status.code(), Some(MISUSED), "{line}");
    }
}

/// Somebody else wrote into the database.
#[tokio::test]
async fn what_is_stored_and_cannot_be_read_is_named() {
    let desk = installed();
    let url = format!("sqlite:{}", desk.path("caisson-data/panel.db").display());
    let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
    sqlx::query("UPDATE module_versions SET manifest = 'nothing'").execute(&pool).await.unwrap();
    sqlx::query("DROP TABLE publishers").execute(&pool).await.unwrap();
    pool.close().await;
    desk.refuses(
        "publisher list",
        "the panel's database could not do this now\n  because the database refused: (code: 1) no such table: publishers",
    );
    desk.refuses(
        "module diff product/puppet",
        "what is stored about product/puppet cannot be read: module.toml cannot be read: line 1, column 8: key with no value, expected \
         `=`",
    );
}
