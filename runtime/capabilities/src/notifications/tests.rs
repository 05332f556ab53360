use caisson_storage::admins::{self, Admin};
use caisson_storage::notifications::{self as rows, Recipient as To};
use caisson_storage::page::PageQuery;
use caisson_types::{AdminId, Secret, Timestamp};

use crate::bindings::caisson::module::notifications::{Error, Host, Recipient};
use crate::i18n::Strings;
use crate::testing::{behind, call};
use crate::{CallState, Granted, Key};

const ENGLISH: &str = "
notify-down-subject = { $host } is down
notify-down-message = It has not answered for { $minutes } minutes.
notify-half-subject = No message
notify-lines-subject = { $text }
notify-lines-message = x
";
const POLISH: &str = "
notify-down-subject = { $host } nie działa
notify-down-message = Nie odpowiada od { $minutes } minut.
";

async fn admin(db: &caisson_storage::Db, locale: &str) -> AdminId {
    let admin = Admin {
        id: AdminId::new(),
        email: format!("{locale}@example.com"),
        name: locale.to_owned(),
        phone: None,
        password_hash: Secret::new("x".to_owned()),
        locale: locale.to_owned(),
        created_at: Timestamp(1),
    };
    admins::insert(&mut db.conn().await.unwrap(), &admin).await.unwrap();
    admin.id
}

async fn module(db: &caisson_storage::Db) -> CallState {
    let mut behind = behind("plugin/watch");
    behind.granted = Granted { notifications: Key::Granted, ..Granted::default() };
    behind.permissions.insert("alerts".to_owned());
    behind.settings.secrets.insert("key".to_owned(), Secret::new("hush-hush".to_owned()));
    let files = [("en", "en".to_owned(), ENGLISH), ("pl", "pl".to_owned(), POLISH)];
    behind.strings = Strings::parse(files).unwrap();
    call(db, behind).await
}

fn staff() -> Recipient {
    Recipient::StaffWith("alerts".to_owned())
}

#[tokio::test]
async fn everybody_reads_it_in_their_own_language() {
    let db = caisson_storage::testing::sqlite().await;
    let (english, polish) = (admin(&db, "en").await, admin(&db, "pl").await);
    let mut call = module(&db).await;
    let data = r#"{"host":"hush-hush.example","minutes":5}"#.to_owned();
    call.notify(staff(), "down".to_owned(), data).await.unwrap().unwrap();
    let mut conn = db.conn().await.unwrap();
    for (id, subject) in [(english, "***.example is down"), (polish, "***.example nie działa")] {
        let page = rows::page(&mut conn, To::Admin(id), &PageQuery::default()).await.unwrap();
        assert_eq!(page.items.iter().map(|one| one.subject.as_str()).collect::<Vec<_>>(), [subject]);
    }
}

#[tokio::test]
async fn nobody_hears_what_cannot_be_said() {
    let db = caisson_storage::testing::sqlite().await;
    let id = admin(&db, "en").await;
    let mut call = module(&db).await;
    let stranger = Recipient::Client("019b0000-0000-7000-8000-000000000001".to_owned());
    let full = r#"{"host":"a","minutes":1}"#;
    for (to, event, data, why) in [
        (staff(), "down", "{}", "'notify-down-subject'"),
        (staff(), "down", r#"{"host":["a"],"minutes":1}"#, "'host' is no text"),
        (staff(), "half", "{}", "'notify-half-message'"),
        (staff(), "up", "{}", "'notify-up-subject'"),
        (staff(), "Down", full, "the event's name"),
        (staff(), "down", "[]", "not a JSON object"),
        (staff(), "lines", r#"{"text":"a\nb"}"#, "one line"),
        (Recipient::StaffWith("other".to_owned()), "down", full, "no permission 'other'"),
        (stranger, "down", full, "no service of this module"),
        (Recipient::Client("12".to_owned()), "down", full, "no service of this module"),
    ] {
        let refused = call.notify(to, event.to_owned(), data.to_owned()).await.unwrap().unwrap_err();
        assert!(
            matches!(&refused, Error::Invalid(reason) if reason.contains(why)),
            "{event} {data}: {refused:?}"
        );
    }
    let page = rows::page(&mut db.conn().await.unwrap(), To::Admin(id), &PageQuery::default()).await.unwrap();
    assert_eq!(page.total, 0);
}

#[tokio::test]
async fn a_call_and_an_hour_have_their_measure() {
    let db = caisson_storage::testing::sqlite().await;
    let id = admin(&db, "en").await;
    let data = r#"{"host":"a","minutes":1}"#;
    for calls in 0..10 {
        let mut call = module(&db).await;
        for sent in 0..50 {
            let told = call.notify(staff(), "down".to_owned(), data.to_owned()).await.unwrap();
            assert_eq!(told, Ok(()), "{calls} {sent}");
        }
        let refused = call.notify(staff(), "down".to_owned(), data.to_owned()).await.unwrap();
        assert!(
            matches!(&refused, Err(Error::Quota(reason)) if reason.contains("notifications")),
            "{refused:?}"
        );
    }
    let refused = module(&db).await.notify(staff(), "down".to_owned(), data.to_owned()).await.unwrap();
    assert!(matches!(&refused, Err(Error::Quota(reason)) if reason.contains("in an hour")), "{refused:?}");
    let page = rows::page(&mut db.conn().await.unwrap(), To::Admin(id), &PageQuery::first(1)).await.unwrap();
    assert_eq!(page.total, 500);
}
