//! Against Debian's aiosmtpd.

use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::*;
use crate::testing::{Authority, in_days, name_server, trace};

/// A server on three ports of loopback.
struct Smtpd {
    plain: u16,
    starttls: u16,
    tls: u16,
    authority: Authority,
    received: Lines<BufReader<ChildStdout>>,
    // Ends when its input does, and is killed where that is not heard.
    _input: ChildStdin,
    _process: Child,
}

impl Smtpd {
    async fn start() -> Self {
        let authority = Authority::new();
        let leaf = authority.leaf(NAME, in_days(30));
        let mut file = std::env::temp_dir();
        file.push(format!("caisson-smtpd-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir(&file).unwrap();
        let (certificate, key) = (file.join("certificate.pem"), file.join("key.pem"));
        std::fs::write(&certificate, &leaf.certificate).unwrap();
        std::fs::write(&key, &leaf.key).unwrap();
        let mut process = Command::new("/usr/bin/python3")
            .args(["-c", include_str!("server.py")])
            .args([&certificate, &key])
            .args(["shop", PASSWORD])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("python3 of the system starts");
        let mut received = BufReader::new(process.stdout.take().unwrap()).lines();
        let input = process.stdin.take().unwrap();
        let ports = received.next_line().await.unwrap().expect("aiosmtpd listens; see its message above");
        std::fs::remove_dir_all(&file).unwrap();
        let [plain, starttls, tls] = serde_json::from_str(&ports).unwrap();
        Self { plain, starttls, tls, authority, received, _input: input, _process: process }
    }

    /// A call that may use one of its ports, knows its name and trusts its authority.
    async fn call(&self, port: u16) -> Call {
        let mut call = call(NAME, port).open(port);
        call.egress.nameserver = Some(name_server(&[(NAME, &["127.0.0.1"])]).await);
        call.egress.extra_roots = vec![self.authority.root()];
        call
    }

    async fn received(&mut self) -> Value {
        let line = tokio::time::timeout(Duration::from_secs(20), self.received.next_line()).await;
        serde_json::from_str(&line.expect("a message came").unwrap().unwrap()).unwrap()
    }
}

#[tokio::test]
async fn mail_arrives_plain_over_starttls_and_over_tls() {
    let mut smtpd = Smtpd::start().await;
    let ways = [
        (contact(NAME, smtpd.plain, Security::None), false),
        // AUTH PLAIN, and then AUTH LOGIN: the only one that the last port knows.
        (with_login(contact(NAME, smtpd.starttls, Security::Starttls)), true),
        (with_login(contact(NAME, smtpd.tls, Security::Tls)), true),
    ];
    for (contact, secure) in ways {
        let about = format!("{:?}", contact.security);
        let mut state = smtpd.call(contact.port).await.begin().await;
        let port = contact.port;
        let answer = send(&mut state, contact, message()).await;
        assert_eq!(answer.as_deref(), Ok("250 2.0.0 Ok: queued as 7F3A"), "{about}");
        let received = smtpd.received().await;
        assert_eq!(received["from"], "shop@example.com");
        assert_eq!(received["to"], json!(["jo@example.net"]));
        assert_eq!((&received["tls"], &received["auth"]), (&json!(secure), &json!(secure)), "{about}");
        let data = received["data"].as_str().unwrap();
        assert!(data.contains("Hello\r\n.\r\nBye"), "{data}");
        let calls = trace(state);
        assert_eq!(calls[0].name, "mail.send");
        assert_eq!(
            calls[0].detail.as_deref(),
            Some(format!("{NAME}:{port}, recipients: 1 -> accepted").as_str())
        );
    }
}

#[tokio::test]
async fn a_wrong_password_is_final_and_never_repeated() {
    let smtpd = Smtpd::start().await;
    for (port, security) in [(smtpd.starttls, Security::Starttls), (smtpd.tls, Security::Tls)] {
        let mut call = smtpd.call(port).await;
        call.secrets = vec![("smtp_password", "wrong battery")];
        let mut state = call.begin().await;
        let refused = send(&mut state, with_login(contact(NAME, port, security)), message()).await;
        let Err(Error::Permanent(text)) = refused else { panic!("{refused:?}") };
        assert!(text.starts_with("535 "), "{text}");
        assert!(!text.contains("wrong battery"), "{text}");
        assert_eq!(
            trace(state)[0].detail.as_deref(),
            Some(format!("{NAME}:{port}, recipients: 1 -> 535").as_str())
        );
    }
}

#[tokio::test]
async fn answers_are_sorted_by_their_first_digit() {
    let mut smtpd = Smtpd::start().await;
    let mut state = smtpd.call(smtpd.plain).await.begin().await;
    let to = |recipients: &[&str]| Message {
        to: recipients.iter().map(|one| (*one).to_owned()).collect(),
        ..message()
    };
    let plain = || contact(NAME, smtpd.plain, Security::None);
    let later = send(&mut state, plain(), to(&["jo@example.net", "later@example.net"])).await;
    assert_eq!(later, Err(Error::Temporary("451 4.3.0 The mailbox is busy".to_owned())));
    let never = send(&mut state, plain(), to(&["nobody@example.net", "jo@example.net"])).await;
    assert_eq!(never, Err(Error::Permanent("550 5.1.1 No such mailbox".to_owned())));
    // All or nobody: the first message that arrives is the third.
    send(&mut state, plain(), to(&["jo@example.net", "al@example.net"])).await.unwrap();
    assert_eq!(smtpd.received().await["to"], json!(["jo@example.net", "al@example.net"]));
    let details: Vec<_> = trace(state).into_iter().filter_map(|call| call.detail).collect();
    assert!(details.iter().all(|detail| !detail.contains('@')), "{details:?}");
}

#[tokio::test]
async fn a_server_that_cannot_prove_who_it_is_gets_nothing() {
    let smtpd = Smtpd::start().await;
    for (port, security) in [(smtpd.starttls, Security::Starttls), (smtpd.tls, Security::Tls)] {
        let mut unknown = smtpd.call(port).await;
        unknown.egress.extra_roots.clear();
        let mut state = unknown.begin().await;
        let refused = send(&mut state, with_login(contact(NAME, port, security)), message()).await;
        let text = reason(refused.unwrap_err());
        assert!(text.contains("could not prove who it is"), "{text}");

        let mut other_name = call("mail.example.com", port).open(port);
        other_name.egress.nameserver = Some(name_server(&[("mail.example.com", &["127.0.0.1"])]).await);
        other_name.egress.extra_roots = vec![smtpd.authority.root()];
        let mut state = other_name.begin().await;
        let there = with_login(contact("mail.example.com", port, security));
        let text = reason(send(&mut state, there, message()).await.unwrap_err());
        assert!(text.contains("could not prove who it is"), "{text}");
    }
}
