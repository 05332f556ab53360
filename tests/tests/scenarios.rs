//! Scenario files: one module in every language goes through the same ones, what differs is shown, and a real provider's answers
//! are recorded without the secrets that were used.

use std::path::{Path, PathBuf};

use caisson_tests::fakes::MailboxApi;
use caisson_tests::support::{caisson_program, repository};
use tokio::process::Command;

/// What `caisson module test` prints, and whether it was content.
async fn test(dir: &Path, arguments: &[&str]) -> (bool, String) {
    let output = Command::new(caisson_program().unwrap())
        .args(["module", "test"])
        .arg(dir)
        .args(arguments)
        .env("CAISSON_LOG", "error")
        .env("MAILBOXES_KEY", "mailboxes-key")
        .current_dir(repository())
        .output()
        .await
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), format!("{}{}", text(&output.stdout), text(&output.stderr)))
}

fn mailbox(language: &str) -> PathBuf {
    repository().join("tests/guests/mailbox").join(language)
}

async fn goes_through_all(language: &str) {
    let (well, told) = test(&mailbox(language), &[]).await;
    println!("{told}");
    assert!(well, "{told}");
    let scenarios = std::fs::read_to_string(mailbox(language).join("tests/mailbox.toml")).unwrap();
    let count = scenarios.lines().filter(|line| *line == "[[scenario]]").count();
    assert!(told.contains(&format!("{count} scenarios, all as they should be")), "{told}");
}

#[tokio::test]
async fn in_c() {
    goes_through_all("c").await;
}

#[tokio::test]
async fn in_python() {
    goes_through_all("python").await;
}

#[tokio::test]
async fn in_rust() {
    goes_through_all("rust").await;
}

#[tokio::test]
async fn in_typescript() {
    goes_through_all("typescript").await;
}

/// The C mailbox, with scenarios of the test's own.
fn with_scenarios(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in ["src", "module.toml", "views", "lang"] {
        let from = std::fs::canonicalize(mailbox("c").join(file)).unwrap();
        std::os::unix::fs::symlink(from, folder.path().join(file)).unwrap();
    }
    std::fs::create_dir(folder.path().join("tests")).unwrap();
    std::fs::write(folder.path().join("tests/mine.toml"), text).unwrap();
    folder
}

#[tokio::test]
async fn what_is_not_as_it_should_be_is_shown() {
    let folder = with_scenarios(
        r#"
        [given]
        settings = { api_base = "https://mailboxes.example", api_key = "k" }
        product = { quota_mb = 100 }
        service = { data = { address = "ada@example.com" } }

        [[scenario]]
        name = "nothing is as it should be"
        when = { call = "product.create" }
        [[scenario.given.exchange]]
        request = { method = "POST", url = "*/mailboxes" }
        answer = { status = 201 }
        [[scenario.given.exchange]]
        request = { method = "GET", url = "*/never" }
        [scenario.then]
        answer = "made"
        service = { status = "suspended", data = { mailbox = "bob@example.com" } }
        rows.accounts = [{ address = "bob@example.com" }]
        requests = []
        tasks = []
        log = ["not a word of this"]

        [[scenario]]
        name = "a request that nothing answers"
        when = { call = "product.create" }

        [[scenario]]
        name = "a call that should have failed"
        when = { call = "product.run-action", action = "refresh" }
        then.problem = { code = 404 }

        [[scenario]]
        name = "a job that the module does not know"
        when = { call = "jobs.run", method = "unheard-of" }
        then.failure = "crashed"
        "#,
    );
    let (well, told) = test(folder.path(), &[]).await;
    assert!(!well);
    for part in [
        "WRONG mine: nothing is as it should be",
        "  service.status (- expected, + found)",
        "    - suspended",
        "    -   \"mailbox\": \"bob@example.com\"",
        "    +   \"mailbox\": \"ada@example.com\"",
        "  rows.accounts (- expected, + found)",
        "    -     \"address\": \"bob@example.com\"",
        "    +     \"address\": \"ada@example.com\"",
        "  requests (- expected, + found)",
        "  tasks (- expected, + found)",
        "    - not a word of this",
        "*/never",
        "    + never asked for",
        "    - an exchange for every request",
        "https://mailboxes.example/mailboxes",
        "  problem (- expected, + found)",
        "  failure (- expected, + found)",
        "  log: info ",
        "4 of 4 scenarios did not go as they should",
    ] {
        assert!(told.contains(part), "{part}\n{told}");
    }
}

#[tokio::test]
async fn files_that_say_something_else_are_refused_with_their_place() {
    for (text, expected) in [
        ("[[scenario]]\nname = 'a'\nwhen = { call = 'product.explode' }\n", "mine.toml: "),
        ("[[scenario]]\nname = 'a'\nwhat = 1\nwhen = { call = 'product.create' }\n", "unknown field `what`"),
        ("scenario = 'none'", "mine.toml: "),
        (
            "[[scenario]]\nname = 'a'\nwhen = { call = 'product.create' }\n[[scenario]]\nname = 'a'\nwhen = { call = 'product.create' }\n",
            "two scenarios are named 'a'",
        ),
        (
            "[[scenario]]\nname = 'a'\ngiven.recorded = 'none.json'\nwhen = { call = 'product.create' }\n",
            "none.json cannot be read",
        ),
        (
            "[[scenario]]\nname = 'a'\ngiven.withheld = ['cash']\nwhen = { call = 'product.create' }\n",
            "the module does not ask for cash; it asks for ",
        ),
        (
            "[[scenario]]\nname = 'a'\ngiven.settings = { api_base = 'nowhere' }\nwhen = { call = 'product.create' }\n",
            "what is given is refused: 'api_base': ",
        ),
        (
            "[[scenario]]\nname = 'a'\ngiven.service.data = { address = 'nowhere' }\nwhen = { call = 'product.create' }\n",
            "'data.address': ",
        ),
        (
            "[[scenario]]\nname = 'a'\ngiven.tables.nothing = []\nwhen = { call = 'product.create' }\n",
            "the module has no table 'nothing' once it is activated",
        ),
        (
            "[[scenario]]\nname = 'a'\ngiven.tables.accounts = [{ colour = 1 }]\nwhen = { call = 'product.create' }\n",
            "table 'accounts': it has no column 'colour'",
        ),
        (
            "[[scenario]]\nname = 'a'\ngiven.tables.accounts = [{ quota = 'much' }]\nwhen = { call = 'product.create' }\n",
            "'quota' cannot hold \"much\"",
        ),
    ] {
        let folder = with_scenarios(text);
        let (well, told) = test(folder.path(), &[]).await;
        assert!(!well && told.contains(expected), "{text}\n{told}");
    }
    let folder = with_scenarios("[[scenario]]\nname = 'a'\nwhen = { call = 'product.create' }\n");
    let (_, told) = test(folder.path(), &["--only", "b"]).await;
    assert!(told.contains("no scenario is named like 'b'"), "{told}");
    std::fs::remove_dir_all(folder.path().join("tests")).unwrap();
    let (_, told) = test(folder.path(), &[]).await;
    assert!(told.contains("has no scenarios; write the first into tests/<name>.toml"), "{told}");
}

#[tokio::test]
async fn a_recording_holds_no_secret_and_is_played_without_the_provider() {
    let provider = MailboxApi::start().await.unwrap();
    let scenario = |url: &str, key: &str| {
        format!(
            "[given]\nproduct = {{ quota_mb = 100 }}\nservice = {{ data = {{ address = 'ada@example.com' }} }}\n\
             settings = {{ api_base = '{url}', api_key = {{ env = '{key}', recorded = 'stand-in' }} }}\n\
             [[scenario]]\nname = 'it is made'\ngiven.recorded = 'recorded/made.json'\nwhen = {{ call = 'product.create' }}\n\
             then.service.status = 'completed'\n"
        )
    };
    let folder = with_scenarios(&scenario(&provider.url(), "MAILBOXES_KEY"));
    let address = provider.address().to_string();
    let (well, told) = test(folder.path(), &["--record", "--allow-private", &address]).await;
    assert!(well && told.contains("1 exchanges are recorded in "), "{told}");
    assert_eq!(provider.asked(), ["POST /mailboxes"]);
    drop(provider);

    let recorded = std::fs::read_to_string(folder.path().join("tests/recorded/made.json")).unwrap();
    assert!(!recorded.contains("mailboxes-key"), "{recorded}");
    assert!(recorded.contains("\"authorization\": \"Bearer stand-in\""), "{recorded}");
    let (well, told) = test(folder.path(), &[]).await;
    assert!(well && told.contains("ok    mine: it is made"), "{told}");

    let unset = with_scenarios(&scenario("https://mailboxes.example", "NOBODY_SET_THIS"));
    let (well, told) = test(unset.path(), &["--record"]).await;
    assert!(!well && told.contains("the environment variable NOBODY_SET_THIS is not set"), "{told}");
}
