//! What keeps a command from starting: the configuration, the data directory, the database, the address.

use std::os::unix::fs::PermissionsExt as _;

use caisson_tests::support::free_port;

use super::{Desk, FAILED, text};

#[test]
fn a_configuration_that_is_not_right_is_told_with_its_place() {
    let desk = Desk::new();
    desk.refuses(
        "--config none.toml module list",
        "the configuration none.toml cannot be read\n  because No such file or directory (os error 2)",
    );
    desk.write("none.pem", "nothing");
    desk.write("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    let not_right = |what: &str| format!("the configuration caisson.toml is not right: {what}");
    let no_collector = |what: &str| {
        format!("telemetry.otlp_endpoint: '{what}' is no http or https address such as http://127.0.0.1:4318")
    };
    for (config, sentence) in [
        ("[server", not_right("line 1, column 8: unclosed table, expected `]`")),
        (
            "[server]\nlistne = 1",
            not_right(
                "line 2, column 1: unknown field `listne`, expected one of `listen`, `public_url`, `trusted_proxies`",
            ),
        ),
        (
            "[server]\ntrusted_proxies = [\"10.0.0.0/8\", \"localhost\"]",
            not_right(
                "line 2, column 19: 'localhost' is no address or network, such as 127.0.0.1 or 10.0.0.0/8",
            ),
        ),
        ("[server]\nlisten = \"here\"", not_right("line 2, column 10: invalid socket address syntax")),
        (
            "[packages]\nsignatures = \"always\"",
            not_right("line 2, column 14: unknown variant `always`, expected one of `required`, `warn`, `off`"),
        ),
        (
            "[queue]\nworkers = 0",
            "the configuration caisson.toml is not right: queue.workers must be 1 to 256, and not 0".to_owned(),
        ),
        ("[queue]\nlease_s = 4000", not_right("queue.lease_s must be 1 to 3600, and not 4000")),
        ("[queue]\nkeep_days = 0", not_right("queue.keep_days must be 1 to 3650, and not 0")),
        ("[inspector]\nkeep_days = 0", not_right("inspector.keep_days must be 1 to 3650, and not 0")),
        (
            "[egress]\nallow_private = [\"10.0.0.5\"]",
            "egress.allow_private: '10.0.0.5' is not an address and a port, such as 10.0.0.5:8081, 10.0.0.0/24:443 or [fd00::1]:443"
                .to_owned(),
        ),
        (
            "[egress]\nca_files = [\"gone.pem\"]",
            "egress.ca_files: gone.pem cannot be read\n  because No such file or directory (os error 2)".to_owned(),
        ),
        ("[egress]\nca_files = [\"none.pem\"]", "egress.ca_files: none.pem holds no certificates in PEM".to_owned()),
        (
            "[egress]\nca_files = [\"broken.pem\"]",
            "egress.ca_files: broken.pem holds a certificate that cannot be trusted, since it is damaged".to_owned(),
        ),
        ("[telemetry]\notlp_endpoint = \"collector\"", no_collector("collector")),
        ("[telemetry]\notlp_endpoint = \"ftp://c.example\"", no_collector("ftp://c.example")),
    ] {
        desk.write("caisson.toml", config);
        desk.refuses("module list", &sentence);
    }
}

#[test]
fn a_database_that_does_not_open_is_named_without_its_password() {
    let desk = Desk::new();
    desk.write("text.db", "no database at all");
    for (url, why) in [
        (
            "mysql://db.example/panel",
            "its address must begin with sqlite: or postgres://, such as sqlite:/var/lib/caisson/panel.db",
        ),
        (
            "sqlite::memory:",
            "its address names a database in memory, which is gone with its connection: name a file",
        ),
        ("sqlite:none/panel.db", "the database refused: (code: 14) unable to open database file"),
        ("sqlite:text.db", "the database refused: (code: 26) file is not a database"),
        (
            "postgres://panel:***@127.0.0.1:1/panel",
            "the database is not available: error communicating with database: Connection refused (os error 111)",
        ),
    ] {
        desk.write("caisson.toml", format!("[database]\nurl = \"{}\"", url.replace("***", "hunter2")));
        desk.refuses("module list", &format!("the database {url} cannot be opened\n  because {why}"));
    }
}

/// A newer program left its mark, and this one is too old for the data.
#[tokio::test]
async fn a_database_of_another_program_is_not_migrated() {
    let desk = Desk::new();
    desk.does("migrate");
    let url = format!("sqlite:{}", desk.path("caisson-data/panel.db").display());
    let pool = sqlx::SqlitePool::connect(&url).await.unwrap();
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                 VALUES (99999999999999, 'of a newer program', true, x'00', 0)";
    sqlx::query(newer).execute(&pool).await.unwrap();
    pool.close().await;
    desk.refuses(
        "migrate",
        "the database sqlite:caisson-data/panel.db cannot be migrated\n  because the database refused: migration 99999999999999 was \
         previously applied but is missing in the resolved migrations",
    );
}

#[test]
fn a_data_directory_that_cannot_be_used_is_named() {
    let desk = Desk::new();
    desk.write("file", "no folder");
    desk.write("caisson.toml", "[data]\ndir = \"file/data\"");
    desk.refuses(
        "module list",
        "the data directory file/data cannot be made\n  because Not a directory (os error 20)",
    );
    std::fs::remove_file(desk.path("caisson.toml")).unwrap();

    let key = desk.path("caisson-data/master.key");
    let mode = |mode: u32| std::fs::set_permissions(&key, std::fs::Permissions::from_mode(mode)).unwrap();
    desk.write("caisson-data/master.key", "short");
    mode(0o644);
    desk.refuses(
        "module list",
        "the key file caisson-data/master.key may be read by others (mode 644): run chmod 600 caisson-data/master.key",
    );
    mode(0o600);
    desk.refuses(
        "module list",
        "the key file caisson-data/master.key does not hold 64 hexadecimal digits: restore it from a backup, since nothing sealed \
         with it opens without it",
    );
    std::fs::remove_file(&key).unwrap();
    std::fs::create_dir(&key).unwrap();
    mode(0o700);
    desk.refuses(
        "module list",
        "the key file caisson-data/master.key cannot be used: Is a directory (os error 21)",
    );
    std::fs::remove_dir(&key).unwrap();

    desk.write("caisson-data/artefacts", "no folder");
    desk.refuses(
        "module list",
        "nothing can be served from caisson-data\n  because the sandbox cannot be started: Not a directory (os error 20)",
    );
}

#[test]
fn a_panel_that_cannot_be_served_says_why() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let desk = Desk::new();
    // A process that serves keeps a log besides.
    let refused = |sentence: String| {
        let done = desk.run("web");
        let said = text(&done.stderr);
        assert!(said.ends_with(&format!("\nerror: {sentence}\n")), "{said}");
        assert!(said.contains("the command failed"), "{said}");
        assert_eq!((done.status.code(), text(&done.stdout)), (Some(FAILED), String::new()));
    };
    desk.write("caisson.toml", format!("[server]\nlisten = \"{address}\""));
    refused(format!(
        "the panel cannot listen on {address}; server.listen in the configuration names another address\n  because Address already in \
         use (os error 98)"
    ));
    let free = free_port().unwrap();
    desk.write("caisson.toml", format!("[server]\nlisten = \"127.0.0.1:{free}\""));
    std::fs::create_dir(desk.path("caisson-data/listen")).unwrap();
    refused(
        "the address cannot be noted in the data directory\n  because Is a directory (os error 21)"
            .to_owned(),
    );
}
