use caisson_storage::notifications::{self, Notification, Person};
use caisson_storage::{Conn, StorageError};
use caisson_types::{ModuleKey, Slug, Timestamp};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::bindings::caisson::module::notifications::{Error, Host, Recipient};
use crate::guard::granted;
use crate::i18n::Arguments;
use crate::log::clip;
use crate::{Behind, CallState, Exhausted, Redactor};

/// People whom a module tells something in an hour.
const HOURLY_MAX: u32 = 500;
const DATA_MAX: usize = 16 * 1024;
const NAME_MAX: usize = 64;
/// Characters of a subject, which is one line.
const SUBJECT_MAX: usize = 200;
/// Bytes of a message.
const TEXT_MAX: usize = 16 * 1024;

impl From<StorageError> for Error {
    fn from(error: StorageError) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "a notification could not be kept");
        Error::Other("the panel could not keep the notification now".to_owned())
    }
}

impl Host for CallState {
    async fn notify(
        &mut self,
        to: Recipient,
        event: String,
        data: String,
    ) -> wasmtime::Result<Result<(), Error>> {
        let detail = Some(clip(&event, NAME_MAX).to_owned());
        granted!(self, notifications, "notifications.notify", detail, self.tell(&to, &event, &data).await)
    }
}

impl CallState {
    async fn tell(&mut self, to: &Recipient, event: &str, data: &str) -> Result<(), Error> {
        let event: Slug =
            event.parse().map_err(|error| Error::Invalid(format!("the event's name: {error}")))?;
        let data = read_data(data)?;
        let behind = std::sync::Arc::clone(&self.behind);
        let mut held = None;
        let people = {
            let (_, _, session) = self.acting();
            reached(session.conn(&mut held).await?, &behind, to).await?
        };
        drop(held);
        self.meter.notifications(people.len()).map_err(|error: Exhausted| Error::Quota(error.to_string()))?;
        let redactor: &Redactor = self.redactor();
        let said: Vec<Notification> = people
            .into_iter()
            .map(|person| say(&behind, redactor, person, &event, &data))
            .collect::<Result<_, _>>()?;
        let (host, _, session) = self.acting();
        let mut held = None;
        keep(session.conn(&mut held).await?, &behind.module, &said).await?;
        host.tables.signal().notify();
        Ok(())
    }
}

fn read_data(json: &str) -> Result<Map<String, Value>, Error> {
    if json.len() > DATA_MAX {
        return Err(Error::Invalid(format!(
            "a notification's data has at most {DATA_MAX} bytes, not {}",
            json.len()
        )));
    }
    match serde_json::from_str(json) {
        Ok(Value::Object(members)) => Ok(members),
        _ => Err(Error::Invalid("the notification's data is not a JSON object".to_owned())),
    }
}

/// Whom it is for, where that is the module's to say.
async fn reached(conn: &mut Conn, behind: &Behind, to: &Recipient) -> Result<Vec<Person>, Error> {
    match to {
        Recipient::Client(id) => {
            let person = match id.parse() {
                Ok(id) => notifications::client_of(conn, &behind.module, id).await?,
                Err(_) => None,
            };
            let stranger = || Error::Invalid("no service of this module has a client of that id".to_owned());
            Ok(vec![person.ok_or_else(stranger)?])
        }
        Recipient::StaffWith(key) => {
            if !behind.permissions.contains(key) {
                let shown: String = key.chars().take(NAME_MAX).flat_map(char::escape_debug).collect();
                return Err(Error::Invalid(format!("the manifest declares no permission '{shown}'")));
            }
            Ok(notifications::staff(conn).await?)
        }
    }
}

/// The notification in the person's own language.
fn say(
    behind: &Behind,
    redactor: &Redactor,
    person: Person,
    event: &Slug,
    data: &Map<String, Value>,
) -> Result<Notification, Error> {
    let strings = behind.strings.localized(&person.locale);
    let (arguments, unusable) = Arguments::read(data);
    let find = |part: &str| {
        let key = format!("notify-{event}-{part}");
        let found = strings.find(&key, &arguments).map(|text| redactor.text(text.trim()));
        found.filter(|text| !text.is_empty()).ok_or_else(|| match unusable.first() {
            None => Error::Invalid(format!("lang/*.ftl has no message '{key}' that this data fills in")),
            Some(name) => {
                Error::Invalid(format!("'{key}': the member '{name}' is no text, number or boolean"))
            }
        })
    };
    let (subject, text) = (find("subject")?, find("message")?);
    if subject.chars().count() > SUBJECT_MAX || subject.chars().any(char::is_control) {
        return Err(Error::Invalid(format!("a subject is one line of at most {SUBJECT_MAX} characters")));
    }
    if text.len() > TEXT_MAX {
        return Err(Error::Invalid(format!("a message has at most {TEXT_MAX} bytes, not {}", text.len())));
    }
    let data = redactor.text(&Value::Object(data.clone()).to_string());
    Ok(Notification {
        id: Uuid::now_v7(),
        module: behind.module.clone(),
        event: event.to_string(),
        recipient: person.recipient,
        address: person.email,
        phone: person.phone,
        subject,
        text,
        data: serde_json::from_str(&data).unwrap_or_default(),
        created_at: Timestamp::now(),
    })
}

/// All of them or none.
async fn keep(conn: &mut Conn, module: &ModuleKey, said: &[Notification]) -> Result<(), Error> {
    let mut tx = conn.begin().await?;
    if !notifications::take_quota(&mut tx, module, said.len(), HOURLY_MAX, Timestamp::now()).await? {
        return Err(Error::Quota(format!("a module tells at most {HOURLY_MAX} people something in an hour")));
    }
    for notification in said {
        notifications::publish(&mut tx, notification).await?;
    }
    Ok(tx.commit().await?)
}
