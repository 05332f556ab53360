//! The host's functions as a native test sees them: the same names and types as the generated imports.

pub use super::billing::{notifications, payments};
use super::{LogEntry, QueuedTask, SentMail, merge, with};
use crate::bindings::host::caisson::module as contract;

fn next_id() -> String {
    let counter = with(|state| {
        state.counter += 1;
        state.counter
    });
    // A version 7 UUID of the year 2026, the same in every run.
    format!("019b0000-0000-7000-8000-{counter:012x}")
}

pub mod log {
    pub use super::contract::log::Level;
    use super::{LogEntry, with};

    pub fn emit(level: Level, action: &str, request: &str, response: &str) {
        let entry = LogEntry {
            level,
            action: action.to_owned(),
            request: request.to_owned(),
            response: response.to_owned(),
        };
        with(|state| state.log.push(entry));
    }
}

pub mod config {
    use super::with;

    pub fn get(key: &str) -> Option<String> {
        with(|state| state.config.get(key).map(ToString::to_string))
    }

    pub fn has(key: &str) -> bool {
        with(|state| state.config.contains_key(key))
    }
}

pub mod http {
    pub use super::contract::http::{Credential, Error, Request, Response};
    use super::with;

    pub fn send(request: &Request) -> Result<Response, Error> {
        let handler = with(|state| {
            state.requests.push(request.clone());
            state.handler.clone()
        });
        match handler {
            Some(handler) => (handler.borrow_mut())(request),
            None => Err(Error::Connect("the test answers no requests; see Host::on_http".to_owned())),
        }
    }
}

pub mod tasks {
    pub use super::contract::tasks::{Error, Options};
    use super::{QueuedTask, next_id, with};

    pub fn add(method: &str, payload: &str, options: &Options) -> Result<String, Error> {
        let payload = serde_json::from_str(payload).map_err(|error| Error::Invalid(error.to_string()))?;
        let waiting = with(|state| {
            let same = |task: &&QueuedTask| {
                options.unique_key.is_some() && task.options.unique_key == options.unique_key
            };
            state.tasks.iter().find(same).map(|task| task.id.clone())
        });
        if let Some(id) = waiting {
            return Ok(id);
        }
        let id = next_id();
        if let (Some(service), Some(status)) = (&options.service, options.status) {
            super::services::set_provision_status(service, status, None).map_err(|_| Error::Missing)?;
        }
        let task =
            QueuedTask { id: id.clone(), method: method.to_owned(), payload, options: options.clone() };
        with(|state| state.tasks.push(task));
        Ok(id)
    }

    pub fn cancel(id: &str) -> Result<(), Error> {
        with(|state| {
            let before = state.tasks.len();
            state.tasks.retain(|task| task.id != id);
            if state.tasks.len() < before { Ok(()) } else { Err(Error::Missing) }
        })
    }

    pub fn progress(_percent: u8, _message: &str) -> Result<(), Error> {
        Ok(())
    }

    pub fn schedule(_name: &str, _cron: Option<&str>, _method: &str, _payload: &str) -> Result<(), Error> {
        Ok(())
    }
}

pub mod services {
    pub use super::contract::services::{Error, Page};
    pub use super::contract::types::{ProvisionStatus, Service};
    use super::{merge, with};

    pub fn get(id: &str) -> Result<Service, Error> {
        with(|state| state.services.get(id).cloned().ok_or(Error::Missing))
    }

    pub fn list(status: Option<ProvisionStatus>, _after: Option<&str>) -> Result<Page, Error> {
        let fits = |service: &&Service| status.is_none_or(|status| service.status == status);
        Ok(Page { items: with(|state| state.services.values().filter(fits).cloned().collect()), next: None })
    }

    pub fn set_provision_status(
        id: &str,
        status: ProvisionStatus,
        _message: Option<&str>,
    ) -> Result<(), Error> {
        with(|state| {
            state.services.get_mut(id).ok_or(Error::Missing)?.status = status;
            state.statuses.push((id.to_owned(), status));
            Ok(())
        })
    }

    pub fn set_provision_data(id: &str, data: &str) -> Result<(), Error> {
        with(|state| {
            let service = state.services.get_mut(id).ok_or(Error::Missing)?;
            service.service_data =
                merge(&service.service_data, data).map_err(|error| Error::Invalid(error.to_string()))?;
            Ok(())
        })
    }
}

pub mod crypto {
    pub use super::contract::crypto::{Algorithm, Error};
    use super::{next_id, with};

    pub fn encrypt(plain: &[u8]) -> Result<Vec<u8>, Error> {
        Ok([b"sealed:", plain].concat())
    }

    pub fn decrypt(sealed: &[u8]) -> Result<Vec<u8>, Error> {
        sealed.strip_prefix(b"sealed:").map(<[u8]>::to_vec).ok_or(Error::Corrupt)
    }

    /// Digests need the host's own code; a module that takes them is tested in the panel.
    pub fn digest(_algorithm: Algorithm, _data: &[u8]) -> Result<Vec<u8>, Error> {
        Err(Error::Invalid("native tests compute no digests".to_owned()))
    }

    pub fn hmac(_algorithm: Algorithm, _secret: &str, _data: &[u8]) -> Result<Vec<u8>, Error> {
        Err(Error::Invalid("native tests compute no digests".to_owned()))
    }

    pub fn equal(a: &[u8], b: &[u8]) -> bool {
        a == b
    }

    /// Different on every call, and the same in every run.
    pub fn random(length: u32) -> Result<Vec<u8>, Error> {
        let mut state = with(|state| {
            state.counter += 1;
            state.counter
        });
        let mut byte = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        };
        Ok((0..length).map(|_| byte()).collect())
    }

    pub fn password(length: u32) -> Result<String, Error> {
        let tail = random(length.saturating_sub(4))?;
        Ok("Aa2!".chars().chain(tail.iter().map(|byte| char::from(b'a' + byte % 26))).collect())
    }

    pub fn uuid() -> String {
        next_id()
    }
}

pub mod i18n {
    /// The key and its arguments: tests should not hang on wording.
    pub fn translate(key: &str, arguments: &str, _locale: Option<&str>) -> String {
        if arguments == "{}" { key.to_owned() } else { format!("{key} {arguments}") }
    }
}

pub mod cache {
    pub use super::contract::cache::Error;
    use super::with;

    pub fn get(key: &str) -> Result<Option<String>, Error> {
        Ok(with(|state| state.cache.get(key).map(|(value, _)| value.clone())))
    }

    pub fn set(key: &str, value: &str, ttl_s: u32, tags: &[String]) -> Result<(), Error> {
        if ttl_s == 0 {
            return Err(Error::Invalid("a value is kept for 1 second or more".to_owned()));
        }
        with(|state| state.cache.insert(key.to_owned(), (value.to_owned(), tags.to_vec())));
        Ok(())
    }

    pub fn add(key: &str, value: &str, ttl_s: u32) -> Result<bool, Error> {
        let is_new = get(key)?.is_none();
        if is_new {
            set(key, value, ttl_s, &[])?;
        }
        Ok(is_new)
    }

    pub fn increment(key: &str, by: i64, ttl_s: u32) -> Result<i64, Error> {
        let (text, tags) =
            with(|state| state.cache.get(key).cloned()).unwrap_or_else(|| ("0".to_owned(), Vec::new()));
        let sum = text.parse::<i64>().ok().and_then(|count| count.checked_add(by));
        let sum = sum.ok_or_else(|| Error::Invalid(format!("the value of '{key}' is no integer")))?;
        set(key, &sum.to_string(), ttl_s, &tags)?;
        Ok(sum)
    }

    pub fn forget(key: &str) -> Result<(), Error> {
        with(|state| state.cache.remove(key));
        Ok(())
    }

    pub fn flush(tag: &str) -> Result<(), Error> {
        with(|state| state.cache.retain(|_, (_, tags)| !tags.iter().any(|other| other == tag)));
        Ok(())
    }
}

pub mod validation {
    pub use super::contract::types::FieldError;
    pub use super::contract::validation::{Error, Rule};
    use super::with;

    /// Rules are the panel's to judge: a test says what is rejected, see `Host::reject`. Members that no rule names are left out.
    pub fn validate(data: &str, rules: &[Rule]) -> Result<String, Error> {
        let rejected: Vec<FieldError> = with(|state| {
            let concerned = |error: &&FieldError| rules.iter().any(|rule| rule.field == error.field);
            state.rejected.iter().filter(concerned).cloned().collect()
        });
        if !rejected.is_empty() {
            return Err(Error::Rejected(rejected));
        }
        let mut members: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(data).map_err(|error| Error::Invalid(error.to_string()))?;
        members
            .retain(|name, _| rules.iter().any(|rule| rule.field.split('.').next() == Some(name.as_str())));
        Ok(serde_json::Value::Object(members).to_string())
    }
}

pub mod events {
    pub use super::contract::events::Error;
    use super::{next_id, with};

    pub fn dispatch(name: &str, payload: &str) -> Result<String, Error> {
        let payload = serde_json::from_str(payload).map_err(|error| Error::Invalid(error.to_string()))?;
        with(|state| state.events.push((name.to_owned(), payload)));
        Ok(next_id())
    }
}

/// A database is not something to imitate: a module's tables are tried in the real sandbox.
pub mod database {
    pub use super::contract::database::{
        Alteration, Assignment, Conflict, Error, Inserted, Predicate, Query, Rows, Table, Value,
    };

    fn absent<T>() -> Result<T, Error> {
        Err(Error::Unavailable("native tests have no database".to_owned()))
    }

    macro_rules! absent {
        ($($name:ident($($argument:ty),*) -> $answer:ty;)+) => {
            $(absent!(@ $name($($argument),*) -> $answer);)+
        };
        (@ $name:ident() -> $answer:ty) => {
            pub fn $name() -> Result<$answer, Error> { absent() }
        };
        (@ $name:ident($a:ty) -> $answer:ty) => {
            pub fn $name(_: $a) -> Result<$answer, Error> { absent() }
        };
        (@ $name:ident($a:ty, $b:ty) -> $answer:ty) => {
            pub fn $name(_: $a, _: $b) -> Result<$answer, Error> { absent() }
        };
        (@ $name:ident($a:ty, $b:ty, $c:ty) -> $answer:ty) => {
            pub fn $name(_: $a, _: $b, _: $c) -> Result<$answer, Error> { absent() }
        };
        (@ $name:ident($a:ty, $b:ty, $c:ty, $d:ty) -> $answer:ty) => {
            pub fn $name(_: $a, _: $b, _: $c, _: $d) -> Result<$answer, Error> { absent() }
        };
    }

    absent! {
        create_table(&Table, bool) -> ();
        alter_table(&str, &[Alteration]) -> ();
        drop_table(&str, bool) -> ();
        has_table(&str) -> bool;
        has_column(&str, &str) -> bool;
        select(&Query) -> Rows;
        insert(&str, &[String], &[Vec<Value>], Option<&Conflict>) -> Inserted;
        update(&str, &[(String, Assignment)], &[Vec<Predicate>]) -> u64;
        delete(&str, &[Vec<Predicate>]) -> u64;
        begin() -> ();
        commit() -> ();
        rollback() -> ();
    }
}

pub mod mail {
    pub use super::contract::mail::{Attachment, Error, Message, Security, Server};
    use super::{SentMail, with};

    pub fn send(server: &Server, message: &Message) -> Result<String, Error> {
        let mail = SentMail { server: server.clone(), message: message.clone() };
        let handler = with(|state| {
            state.mails.push(mail.clone());
            state.mail_handler.clone()
        });
        match handler {
            Some(handler) => (handler.borrow_mut())(&mail),
            None => Ok("250 2.0.0 Ok".to_owned()),
        }
    }
}

pub mod probe {
    pub use super::contract::probe::Error;
    use super::with;

    fn answer(host: &str, port: u16) -> Result<(u32, i64), Error> {
        with(|state| state.answers.get(&(host.to_owned(), port)).copied().ok_or(Error::Refused))
    }

    pub fn connect(host: &str, port: u16, _timeout_ms: u32) -> Result<u32, Error> {
        answer(host, port).map(|(milliseconds, _)| milliseconds)
    }

    pub fn certificate(host: &str, port: u16, _timeout_ms: u32) -> Result<i64, Error> {
        answer(host, port).map(|(_, days)| days)
    }
}
