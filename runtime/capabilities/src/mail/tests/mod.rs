//! Host function to server and back: a genuine SMTP server, and servers that misbehave.

mod genuine;
mod hostile;
mod policy;

use caisson_types::Budget;

use super::message;
use crate::CallState;
use crate::bindings::caisson::module::mail::{Attachment, Error, Host, Message, Security, Server as Contact};
use crate::bindings::caisson::module::types::Blob;
use crate::testing::Call;

const PASSWORD: &str = "correct horse";
const NAME: &str = "smtp.example.com";

fn message() -> Message {
    Message {
        from: "Shop <shop@example.com>".to_owned(),
        to: vec!["Jo <jo@example.net>".to_owned()],
        reply_to: None,
        subject: "Zażółć".to_owned(),
        text: Some("Hello\n.\nBye".to_owned()),
        html: None,
        attachments: Vec::new(),
        message_id: None,
    }
}

fn contact(host: &str, port: u16, security: Security) -> Contact {
    Contact { host: host.to_owned(), port, security, username: None, password_setting: None }
}

fn with_login(contact: Contact) -> Contact {
    Contact {
        username: Some("shop".to_owned()),
        password_setting: Some("smtp_password".to_owned()),
        ..contact
    }
}

/// A call that may send mail to this host and port, and log in there.
fn call(host: &str, port: u16) -> Call {
    let mut call = Call::new(format!(
        "[[settings]]\nkey = \"smtp_password\"\nlabel = \"Password\"\ntype = \"password\"\nsecret = true\n\
         [[capabilities.mail]]\nhost = \"{host}\"\nport = {port}\nsecrets = [\"smtp_password\"]\n"
    ));
    call.secrets = vec![("smtp_password", PASSWORD)];
    call
}

/// With so many milliseconds for everything.
fn wall(mut call: Call, wall_ms: u64) -> Call {
    call.budget = Budget { wall_ms, ..call.budget };
    call
}

async fn send(state: &mut CallState, contact: Contact, message: Message) -> Result<String, Error> {
    state.send(contact, message).await.unwrap()
}

fn reason(error: Error) -> String {
    match error {
        Error::Invalid(text) | Error::Temporary(text) | Error::Permanent(text) | Error::Other(text) => text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_message_is_written_as_mail_programs_read_it() {
    let given = Message {
        reply_to: Some("\"Help, Desk\" <help@example.com>".to_owned()),
        to: vec!["jo@bücher.example".to_owned()],
        html: Some("<p>Hello</p>".to_owned()),
        attachments: vec![Attachment {
            name: "faktura ć.pdf".to_owned(),
            content: Blob { content_type: "application/pdf".to_owned(), bytes: b"%PDF\n\r".to_vec() },
        }],
        message_id: Some("invoice-7@example.com".to_owned()),
        ..message()
    };
    let letter = message::letter(given).unwrap();
    let text = String::from_utf8(letter.bytes).unwrap();
    assert_eq!(letter.envelope.to()[0].to_string(), "jo@xn--bcher-kva.example");
    for part in [
        "Message-ID: <invoice-7@example.com>\r\n",
        "Subject: =?utf-8?b?WmHFvMOzxYLEhw==?=\r\n",
        "multipart/mixed",
        "multipart/alternative",
        "<p>Hello</p>",
        "Content-Type: application/pdf\r\n",
        "JVBERgoN",
        "filename*0*=utf-8''faktura%20%C4%87.pdf",
    ] {
        assert!(text.contains(part), "no {part} in\n{text}");
    }
    assert!(text.is_ascii());

    let unnamed = String::from_utf8(message::letter(message()).unwrap().bytes).unwrap();
    let id = unnamed.split("Message-ID: <").nth(1).and_then(|rest| rest.split('>').next()).unwrap();
    let (unique, domain) = id.split_once('@').unwrap();
    assert_eq!(domain, "example.com");
    assert!(uuid::Uuid::parse_str(unique).is_ok(), "{id}");
}
