//! Servers that no one should trust, and what is on the way to them.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::http::egress::{Egress, EgressConfig, Place};
use crate::mail::session;

/// What a server heard, all sessions together.
type Heard = Arc<Mutex<String>>;

/// Greets, and answers each command, and the end of a message, with what `answer` makes of it; an empty answer closes.
async fn server(answer: impl Fn(&str) -> String + Send + Sync + 'static) -> (u16, Heard) {
    let heard = Heard::default();
    let log = Arc::clone(&heard);
    let answer = Arc::new(answer);
    let port = serve(move |stream| {
        let (answer, log) = (Arc::clone(&answer), Arc::clone(&log));
        async move {
            let mut stream = BufReader::new(stream);
            stream.write_all(b"220 test ESMTP\r\n").await.ok();
            let (mut line, mut in_message) = (String::new(), false);
            while stream.read_line(&mut line).await.is_ok_and(|read| read > 0) {
                log.lock().unwrap().push_str(&line);
                if in_message && line != ".\r\n" {
                    line.clear();
                    continue;
                }
                let reply = answer(line.trim_end());
                if reply.is_empty() || stream.write_all(reply.as_bytes()).await.is_err() {
                    break;
                }
                in_message = reply.starts_with("354");
                line.clear();
            }
        }
    })
    .await;
    (port, heard)
}

async fn serve<F>(talk: impl Fn(TcpStream) -> F + Send + 'static) -> u16
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(talk(stream));
        }
    });
    port
}

fn local(port: u16) -> Call {
    call("127.0.0.1", port).open(port)
}

async fn try_sending(call: Call, port: u16, security: Security) -> Error {
    let contact = with_login(contact("127.0.0.1", port, security));
    send(&mut *call.begin().await, contact, message()).await.unwrap_err()
}

/// An ordinary dialogue.
fn polite(line: &str) -> String {
    match line.split(' ').next().unwrap_or_default() {
        "EHLO" => "250-test\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n",
        "STARTTLS" => "220 Go on\r\n",
        "AUTH" => "235 2.7.0 Ok\r\n",
        "DATA" => "354 Go on\r\n",
        "QUIT" => "221 Bye\r\n",
        _ => "250 Ok\r\n",
    }
    .to_owned()
}

#[tokio::test]
async fn there_is_no_way_on_without_the_tls_that_was_asked_for() {
    let _case = caisson_threats::case(28, "there is no way on without the tls that was asked for");
    let stripped = |line: &str| match line.starts_with("EHLO") {
        true => "250-test\r\n250 AUTH PLAIN LOGIN\r\n".to_owned(),
        false => polite(line),
    };
    let (port, heard) = server(stripped).await;
    let text = reason(try_sending(local(port), port, Security::Starttls).await);
    assert!(text.contains("does not offer STARTTLS"), "{text}");
    assert_eq!(*heard.lock().unwrap(), "EHLO [127.0.0.1]\r\n");

    let refusing = |line: &str| match line {
        "STARTTLS" => "454 4.7.0 TLS not available\r\n".to_owned(),
        _ => polite(line),
    };
    let (port, heard) = server(refusing).await;
    let refused = try_sending(local(port), port, Security::Starttls).await;
    assert_eq!(refused, Error::Temporary("454 4.7.0 TLS not available".to_owned()));
    assert_eq!(*heard.lock().unwrap(), "EHLO [127.0.0.1]\r\nSTARTTLS\r\n");

    // Says yes and goes on in plain text.
    let (port, heard) = server(polite).await;
    let call = wall(local(port), 3_000);
    let error = try_sending(call, port, Security::Starttls).await;
    assert!(matches!(error, Error::Other(_) | Error::Timeout), "{error:?}");
    assert!(!heard.lock().unwrap().contains("AUTH"), "the password was sent without TLS");
}

#[tokio::test]
async fn an_answer_smuggled_in_before_tls_is_not_heard_after_it() {
    for line in ["STARTTLS", "EHLO"] {
        let smuggled = move |heard: &str| match heard.starts_with(line) {
            true => format!("{}250-test\r\n250 AUTH PLAIN\r\n", polite(heard)),
            false => polite(heard),
        };
        let (port, heard) = server(smuggled).await;
        let text = reason(try_sending(local(port), port, Security::Starttls).await);
        assert!(text.contains("said more than it was asked"), "{line}: {text}");
        assert!(!heard.lock().unwrap().contains("AUTH"), "{line}");
    }
}

#[tokio::test]
async fn a_server_that_never_gets_to_the_point_is_left_in_time() {
    let _case = caisson_threats::case(30, "a server that never gets to the point is left in time");
    let silent = serve(|stream| async move {
        let _kept = stream;
        std::future::pending::<()>().await;
    })
    .await;
    let dripping = serve(|mut stream| async move {
        let mut tick = tokio::time::interval(Duration::from_millis(20));
        for byte in b"220-".iter().chain(std::iter::repeat(&b'x')) {
            tick.tick().await;
            if stream.write_all(&[*byte]).await.is_err() {
                break;
            }
        }
    })
    .await;
    let (mute_after_data, _) =
        server(|line| if line == "." { "250-".to_owned() } else { polite(line) }).await;
    for port in [silent, dripping, mute_after_data] {
        let ways: &[Security] = match port == mute_after_data {
            true => &[Security::None],
            false => &[Security::None, Security::Starttls, Security::Tls],
        };
        for security in ways {
            let since = Instant::now();
            let error = try_sending(wall(local(port), 400), port, *security).await;
            let took = since.elapsed();
            if (port, *security) == (dripping, Security::Tls) {
                // A greeting is no handshake, which TLS notices at once.
                assert!(matches!(error, Error::Other(_) | Error::Timeout), "{error:?}");
            } else {
                assert_eq!(error, Error::Timeout, "{security:?}");
            }
            assert!(took < Duration::from_secs(5), "{security:?} took {took:?}");
        }
    }
}

#[tokio::test]
async fn a_flood_is_not_kept() {
    let _case = caisson_threats::case(30, "a flood is not kept");
    const FLOOD: usize = 100 * 1024 * 1024;
    for start in ["220 ", "220-x\r\n220-"] {
        let taken = Arc::new(Mutex::new(0));
        let counter = Arc::clone(&taken);
        let port = serve(move |mut stream| {
            let counter = Arc::clone(&counter);
            async move {
                let chunk = vec![b'x'; 64 * 1024];
                let mut sent = 0;
                stream.write_all(start.as_bytes()).await.ok();
                while sent < FLOOD && stream.write_all(&chunk).await.is_ok() {
                    sent += chunk.len();
                }
                *counter.lock().unwrap() += sent;
            }
        })
        .await;
        for security in [Security::None, Security::Starttls] {
            let text = reason(try_sending(local(port), port, security).await);
            assert!(text.contains("said more than") || text.contains("answered more than"), "{text}");
        }
        // What the system's buffers took, and no more.
        assert!(*taken.lock().unwrap() < FLOOD / 2, "{} bytes went out", taken.lock().unwrap());
    }
    // One long answer after another adds up.
    let chatty = |line: &str| match line.starts_with("RCPT") {
        true => format!("{}250 Ok\r\n", format!("250-{}\r\n", "x".repeat(900)).repeat(10)),
        false => polite(line),
    };
    let (port, _) = server(chatty).await;
    let crowd = Message { to: vec!["jo@example.net".to_owned(); 50], ..message() };
    let sent = send(&mut *local(port).begin().await, contact("127.0.0.1", port, Security::None), crowd).await;
    let text = reason(sent.unwrap_err());
    assert!(text.contains("said more than"), "{text}");
}

#[tokio::test]
async fn a_password_that_a_server_repeats_is_masked() {
    let _case = caisson_threats::case(45, "a password that a server repeats is masked");
    let echo = |line: &str| match line.starts_with("AUTH") {
        true => format!("535 no: {line} {PASSWORD}\r\n"),
        false => polite(line),
    };
    let (port, heard) = server(echo).await;
    let text = reason(try_sending(local(port), port, Security::None).await);
    assert_eq!(text, "535 no: AUTH PLAIN *** ***");
    assert!(heard.lock().unwrap().contains("AUTH PLAIN AHNob3A"), "the login was not tried");
}

#[tokio::test]
async fn what_is_no_smtp_is_said_so() {
    let web = serve(|mut stream| async move {
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.ok();
    })
    .await;
    for security in [Security::None, Security::Starttls, Security::Tls] {
        let text = reason(try_sending(local(web), web, security).await);
        assert!(text.contains("SMTP") || text.contains("TLS") || text.contains("prove"), "{text}");
        assert!(!text.contains("Bad Request"), "{text}");
    }
    let (port, _) = server(|line| if line.starts_with("MAIL") { String::new() } else { polite(line) }).await;
    let error = try_sending(local(port), port, Security::None).await;
    assert!(matches!(error, Error::Other(_)), "{error:?}");
}

#[tokio::test]
async fn a_refusal_is_told_though_the_server_says_no_goodbye() {
    let rude = serve(|stream| async move {
        let mut stream = BufReader::new(stream);
        stream.write_all(b"220 test\r\n").await.ok();
        let mut line = String::new();
        while stream.read_line(&mut line).await.is_ok_and(|read| read > 0) {
            let answer = match line.split([' ', '\r']).next() {
                Some("RCPT") => "550 5.7.1 No\r\n".to_owned(),
                Some("QUIT") => return std::future::pending().await,
                _ => polite(line.trim_end()),
            };
            stream.write_all(answer.as_bytes()).await.ok();
            line.clear();
        }
    })
    .await;
    let refused = try_sending(local(rude), rude, Security::None).await;
    assert_eq!(refused, Error::Permanent("550 5.7.1 No".to_owned()));
}

#[tokio::test]
async fn a_message_that_was_taken_counts_though_the_server_says_no_goodbye() {
    let (port, heard) = server(|line| match line {
        "QUIT" => "221-".to_owned(),
        _ => polite(line),
    })
    .await;
    // The goodbye would take longer than the call has.
    let mut state = wall(local(port), 700).begin().await;
    let sent = send(&mut state, contact("127.0.0.1", port, Security::None), message()).await;
    assert_eq!(sent.as_deref(), Ok("250 Ok"));
    assert!(heard.lock().unwrap().ends_with("QUIT\r\n"));
}

#[tokio::test]
async fn a_module_has_only_so_many_sessions_at_once() {
    let _case = caisson_threats::case(31, "a module has only so many sessions at once");
    rustls::crypto::ring::default_provider().install_default().ok();
    let open = Arc::new(Mutex::new((0, 0)));
    let counter = Arc::clone(&open);
    let port = serve(move |stream| {
        let counter = Arc::clone(&counter);
        async move {
            {
                let mut open = counter.lock().unwrap();
                open.0 += 1;
                open.1 = open.1.max(open.0);
            }
            let mut stream = BufReader::new(stream);
            stream.write_all(b"220 test\r\n").await.ok();
            let mut line = String::new();
            while stream.read_line(&mut line).await.is_ok_and(|read| read > 0) {
                // Lets the others come, if they may.
                tokio::task::yield_now().await;
                if line == "QUIT\r\n" {
                    counter.lock().unwrap().0 -= 1;
                }
                let commands = ["EHLO", "MAIL", "RCPT", "DATA", ".\r", "QUIT"];
                if commands.iter().any(|command| line.starts_with(command)) {
                    stream.write_all(polite(line.trim_end()).as_bytes()).await.ok();
                }
                line.clear();
            }
        }
    })
    .await;
    let egress = Egress::new(EgressConfig {
        allow_private: vec![format!("127.0.0.1:{port}").parse().unwrap()],
        max_concurrent_per_module: 1,
        ..EgressConfig::default()
    })
    .unwrap();
    let server = session::Server {
        place: Place::parse("127.0.0.1", port).unwrap(),
        security: Security::None,
        account: None,
    };
    let letter = message::letter(message()).unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    let sessions = (0..4).map(|_| session::submit(&egress, "product/test", &server, &letter, deadline));
    for sent in futures::future::join_all(sessions).await {
        assert_eq!(sent.as_deref(), Ok("250 Ok"));
    }
    assert_eq!(*open.lock().unwrap(), (0, 1));
}
