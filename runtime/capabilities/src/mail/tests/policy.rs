//! What is refused before anything is connected to.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::net::TcpListener;

use super::*;
use crate::testing::{name_server, trace};

/// A port of loopback that counts who knocks.
async fn door() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let knocks = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&knocks);
    tokio::spawn(async move {
        while let Ok(_stream) = listener.accept().await {
            counter.fetch_add(1, Ordering::SeqCst);
        }
    });
    (port, knocks)
}

fn denied(error: Error) -> String {
    let Error::Denied(denied) = error else { panic!("{error:?}") };
    denied.grant
}

#[tokio::test]
async fn grants_are_needed_and_named() {
    let _case = caisson_threats::case(22, "grants are needed and named");
    let (port, knocks) = door().await;
    let here = || with_login(contact("127.0.0.1", port, Security::None));
    let line = format!("[[capabilities.mail]] host = \"127.0.0.1\", port = {port}");

    let mut nothing = Call::new("").open(port).begin().await;
    assert_eq!(denied(send(&mut nothing, here(), message()).await.unwrap_err()), line);
    assert_eq!(trace(nothing)[0].detail.as_deref(), Some(line.as_str()));

    let mut waiting = call("127.0.0.1", port).open(port);
    waiting.approved = false;
    let grant = denied(send(&mut *waiting.begin().await, here(), message()).await.unwrap_err());
    assert_eq!(grant, format!("mail 127.0.0.1:{port} with smtp_password"));

    let unbound =
        Call::new(format!("[[capabilities.mail]]\nhost = \"127.0.0.1\"\nport = {port}\n")).open(port);
    let grant = denied(send(&mut *unbound.begin().await, here(), message()).await.unwrap_err());
    assert_eq!(grant, format!("{line}, secrets = [\"smtp_password\"]"));

    let mut empty = call("127.0.0.1", port).open(port);
    empty.secrets.clear();
    let text = reason(send(&mut *empty.begin().await, here(), message()).await.unwrap_err());
    assert!(text.contains("'smtp_password' has no value"), "{text}");
    assert_eq!(knocks.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn the_server_an_administrator_typed_is_the_one_granted() {
    let (port, knocks) = door().await;
    let mut from_settings = Call::new(
        "[[settings]]\nkey = \"host\"\nlabel = \"Host\"\n\
         [[settings]]\nkey = \"port\"\nlabel = \"Port\"\ntype = \"number\"\n\
         [[capabilities.mail]]\nfrom = \"settings.host\"\nport-from = \"settings.port\"\n",
    )
    .open(port);
    from_settings.settings = serde_json::json!({ "host": "127.0.0.1", "port": port });
    let mut state = wall(from_settings, 1_000).begin().await;
    let error = send(&mut state, contact("127.0.0.1", port, Security::None), message()).await.unwrap_err();
    assert!(matches!(error, Error::Other(_) | Error::Timeout), "{error:?}");
    assert_eq!(knocks.load(Ordering::SeqCst), 1);
    let elsewhere = send(&mut state, contact("127.0.0.1", 25, Security::None), message()).await;
    assert_eq!(denied(elsewhere.unwrap_err()), "[[capabilities.mail]] host = \"127.0.0.1\", port = 25");
}

#[tokio::test]
async fn private_addresses_are_refused_by_whatever_name() {
    let _case = caisson_threats::case(27, "private addresses are refused by whatever name");
    let (port, knocks) = door().await;
    let names = name_server(&[
        ("inside.example.com", &["127.0.0.1"]),
        ("mixed.example.com", &["93.184.216.34", "127.0.0.1"]),
        ("six.example.com", &["2606:2800:220:1::1", "::1"]),
        ("mapped.example.com", &["::ffff:127.0.0.1"]),
    ])
    .await;
    for host in [
        "127.0.0.1",
        "0x7f.1",
        "::1",
        "localhost",
        "inside.example.com",
        "mixed.example.com",
        "six.example.com",
        "mapped.example.com",
    ] {
        for security in [Security::None, Security::Starttls, Security::Tls] {
            let manifest_host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
            let mut call = call(&manifest_host, port);
            call.egress.nameserver = Some(names);
            let sent = send(&mut *call.begin().await, contact(host, port, security), message()).await;
            match sent.unwrap_err() {
                Error::Denied(denied) => assert_eq!(denied.grant, "egress.allow_private", "{host}"),
                Error::Other(reason) => {
                    assert_eq!((host, reason.as_str()), ("localhost", "the name localhost does not resolve"));
                }
                other => panic!("{host}: {other:?}"),
            }
        }
    }
    assert_eq!(knocks.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn mail_without_tls_goes_only_where_the_operator_opened_the_way() {
    let mut state = call("93.184.216.34", 25).begin().await;
    let error = send(&mut state, contact("93.184.216.34", 25, Security::None), message()).await.unwrap_err();
    let Error::Denied(denied) = error else { panic!("{error:?}") };
    assert_eq!(denied.grant, "egress.allow_private");
    assert!(
        denied.reason.contains("without TLS") && denied.reason.contains("use STARTTLS or TLS"),
        "{denied:?}"
    );
}

#[tokio::test]
async fn nothing_a_guest_writes_breaks_a_line() {
    let _case = caisson_threats::case(29, "nothing a guest writes breaks a line");
    let (port, knocks) = door().await;
    let mut state = call("127.0.0.1", port).open(port).begin().await;
    let breaks = ["a\r\nBcc: x@example.com", "a\nb", "a\rb", "a\0b", "a\u{85}b"];
    for evil in breaks {
        let address = format!("{evil}@example.com");
        let named = format!("{evil} <a@example.com>");
        let blob = |kind: &str| Blob { content_type: kind.to_owned(), bytes: b"x".to_vec() };
        let cases = [
            ("subject", Message { subject: evil.to_owned(), ..message() }),
            ("from", Message { from: address.clone(), ..message() }),
            ("from's name", Message { from: named.clone(), ..message() }),
            ("to", Message { to: vec![address.clone()], ..message() }),
            ("to's name", Message { to: vec![named.clone()], ..message() }),
            ("reply-to", Message { reply_to: Some(address.clone()), ..message() }),
            ("message-id", Message { message_id: Some(address.clone()), ..message() }),
            (
                "attachment's name",
                Message {
                    attachments: vec![Attachment { name: evil.to_owned(), content: blob("text/plain") }],
                    ..message()
                },
            ),
            (
                "content type",
                Message {
                    attachments: vec![Attachment { name: "a".to_owned(), content: blob(evil) }],
                    ..message()
                },
            ),
        ];
        for (what, message) in cases {
            let sent = send(&mut state, contact("127.0.0.1", port, Security::None), message).await;
            assert!(matches!(sent, Err(Error::Invalid(_))), "{what} {evil:?}: {sent:?}");
        }
        let user = Contact {
            username: Some(evil.to_owned()),
            ..with_login(contact("127.0.0.1", port, Security::None))
        };
        let sent = send(&mut state, user, message()).await;
        assert!(matches!(sent, Err(Error::Invalid(_))), "username {evil:?}: {sent:?}");
        let sent = send(&mut state, contact(evil, port, Security::None), message()).await;
        assert!(matches!(sent, Err(Error::Invalid(_))), "host {evil:?}: {sent:?}");
    }
    for address in [
        "",
        "jo",
        "jo@",
        "@example.com",
        "a@b> SIZE=1 <c@d",
        "a@example.com, b@example.com",
        "\"a b\"@c.de",
        "a b@c.de",
        "<a@b.c> x",
    ] {
        let message = Message { to: vec![address.to_owned()], ..message() };
        let sent = send(&mut state, contact("127.0.0.1", port, Security::None), message).await;
        assert!(matches!(sent, Err(Error::Invalid(_))), "{address}: {sent:?}");
    }
    for id in ["x", "a b@c.de", "a@b@c.de", "<a@b.de", "a@", "ż@b.de"] {
        let message = Message { message_id: Some(id.to_owned()), ..message() };
        let sent = send(&mut state, contact("127.0.0.1", port, Security::None), message).await;
        assert!(matches!(sent, Err(Error::Invalid(_))), "{id}: {sent:?}");
    }
    assert_eq!(knocks.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn messages_have_bounds_and_are_counted() {
    let _case = caisson_threats::case(37, "messages have bounds and are counted");
    let (port, knocks) = door().await;
    let mut call = wall(call("127.0.0.1", port).open(port), 2_000);
    call.budget.mails = 1;
    let mut state = call.begin().await;
    let blob = |bytes: usize| Attachment {
        name: "a.bin".to_owned(),
        content: Blob { content_type: "application/octet-stream".to_owned(), bytes: vec![0; bytes] },
    };
    let mib = 1024 * 1024;
    let cases = [
        ("51 recipients", Message { to: vec!["jo@example.net".to_owned(); 51], ..message() }),
        ("no recipient", Message { to: Vec::new(), ..message() }),
        ("no body", Message { text: None, ..message() }),
        ("a long subject", Message { subject: "x".repeat(501), ..message() }),
        ("a large text", Message { text: Some("x".repeat(10 * mib + 1)), ..message() }),
        // As it is it would fit; encoded it does not.
        ("large attachments", Message { attachments: vec![blob(4 * mib), blob(4 * mib)], ..message() }),
        ("21 attachments", Message { attachments: (0..21).map(|_| blob(1)).collect(), ..message() }),
    ];
    for (what, message) in cases {
        let sent = send(&mut state, contact("127.0.0.1", port, Security::None), message).await;
        assert!(matches!(sent, Err(Error::Invalid(_))), "{what}: {sent:?}");
    }
    assert_eq!(knocks.load(Ordering::SeqCst), 0);
    // What was refused did not count; this one does, whatever comes of it.
    let first = send(&mut state, contact("127.0.0.1", port, Security::None), message()).await;
    assert!(matches!(first, Err(Error::Other(_) | Error::Timeout)), "{first:?}");
    let second = send(&mut state, contact("127.0.0.1", port, Security::None), message()).await;
    assert_eq!(second, Err(Error::Other("the call used up its mails".to_owned())));
    assert_eq!(knocks.load(Ordering::SeqCst), 1);
}
