//! Administrators, publishers and the queue.

use caisson_storage::Db;
use caisson_storage::tasks::{self, NewTask};
use caisson_types::VersionId;

use super::{Desk, MISUSED};

const NOBODY: &str = "0198c6f2-3a50-7f1e-9c1d-2b6f0a4d7e13";

#[test]
fn an_administrator_needs_an_address_a_name_and_a_password() {
    let desk = Desk::new();
    let create = |email: &str, name: &str, password: &str| {
        format!("admin create --email {email} --name '{name}' --password {password}")
    };
    let password = "a-long-password";
    let long = "a".repeat(101);
    for (line, sentence) in [
        (create("ada", "Ada", password), "'ada' is not an e-mail address, such as ada@example.com"),
        (
            create("ada@example.com", " ", password),
            "an administrator's name has 1 to 100 characters, and not 0",
        ),
        (
            create("ada@example.com", &long, password),
            "an administrator's name has 1 to 100 characters, and not 101",
        ),
        (create("ada@example.com", "Ada", "short"), "A password has 12 to 200 characters."),
    ] {
        desk.refuses(&line, sentence);
    }
    desk.does(&create("ada@example.com", "Ada", password));
    desk.refuses(
        &create("ADA@example.com", "Ada", password),
        "an administrator with the e-mail address ada@example.com is there already; choose another",
    );
    let nothing = desk.run("admin create --email bob@example.com --name Bob");
    assert_eq!(nothing.status.code(), Some(MISUSED));
}

#[tokio::test]
async fn a_task_that_is_not_there_or_has_not_failed_is_not_retried() {
    let desk = Desk::new();
    desk.misuses(
        "queue retry x",
        "invalid value 'x' for '<ID>': 'x' is not an id, which looks like 0198c6f2-3a50-7f1e-9c1d-2b6f0a4d7e13",
    );
    desk.misuses(
        "queue list --status lost",
        "invalid value 'lost' for '--status <STATUS>': 'lost' is not a task status: it is one of pending, running, done, failed, \
         cancelled",
    );
    desk.misuses(
        "queue list --module powerdns",
        "invalid value 'powerdns' for '--module <MODULE>': 'powerdns' is not a module: write its type and name, such as product/powerdns",
    );
    desk.refuses(
        &format!("queue retry {NOBODY}"),
        &format!("there is no task {NOBODY}; see 'caisson queue list'"),
    );
    // Nobody works here: what is queued waits.
    let db =
        Db::connect(&format!("sqlite:{}", desk.path("caisson-data/panel.db").display()), 1).await.unwrap();
    let task = NewTask::new("product/puppet".parse().unwrap(), VersionId::new(), "play");
    let id = tasks::enqueue(&mut db.conn().await.unwrap(), &task).await.unwrap();
    db.close().await;
    desk.refuses(
        &format!("queue retry {id}"),
        &format!("task {id} has not failed and was not cancelled, so there is nothing to retry"),
    );
}

#[test]
fn a_publisher_is_a_name_a_key_and_modules() {
    let desk = Desk::new().with("CAISSON_KEY_PASSWORD", "a password of a test");
    desk.does("module keygen --out ada");
    let no_key = "this is not a minisign public key: paste the file ending in .pub, or its second line, which begins with RW";
    for (line, sentence) in [
        (
            "publisher add --name Ada --key ada",
            format!("'ada' cannot be a publisher's key\n  because {no_key}"),
        ),
        (
            "publisher add --name '' --key ada.pub",
            "a publisher's name has 1 to 100 characters, none of them control characters".to_owned(),
        ),
        (
            "publisher add --name Ada --key ada.pub --module powerdns",
            "'powerdns' is no module: write * for all, or keys such as product/powerdns".to_owned(),
        ),
        (
            "publisher revoke Ada",
            "there is no trusted publisher 'Ada'; see the list of publishers".to_owned(),
        ),
    ] {
        desk.refuses(line, &sentence);
    }
    let added = desk.does("publisher add --name Ada --key ada.pub");
    let id = added.trim().rsplit(' ').next().unwrap();
    desk.does(&format!("publisher revoke {id}"));
    desk.refuses(
        "publisher add --name Ada --key ada.pub",
        &format!(
            "the key {id} was revoked here and cannot be trusted again; ask the publisher for a new one"
        ),
    );
}
