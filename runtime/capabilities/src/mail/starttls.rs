//! From plain text to TLS.
//!
//! Done by hand and not by the SMTP client, which keeps what it read ahead: a reply that somebody on the way appended to the answer to
//! STARTTLS would be taken for one that came under TLS (the flaw of CVE-2011-0411). Here nothing may follow an answer.

use lettre::transport::smtp::commands::{Ehlo, Starttls};
use lettre::transport::smtp::response::Response;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Failure;
use super::session::{self, hello};

/// Longest answer before TLS.
const REPLY_MAX: usize = 16 * 1024;

/// Brings the connection to where TLS begins, and returns the greeting.
///
/// # Errors
/// Where the server does not offer STARTTLS, refuses, or says more than it was asked. There is no way on without TLS.
pub(super) async fn ask(stream: &mut TcpStream, server: &str) -> Result<Vec<u8>, Failure> {
    let (greeting, _) = hear(stream, server).await?;
    say(stream, server, &Ehlo::new(hello()).to_string()).await?;
    let (_, abilities) = hear(stream, server).await?;
    if !abilities.message().skip(1).any(|line| line.trim().eq_ignore_ascii_case("STARTTLS")) {
        return Err(Failure::Broken(format!(
            "{server} does not offer STARTTLS, so nothing was sent; use its port for TLS if it has one"
        )));
    }
    say(stream, server, &Starttls.to_string()).await?;
    hear(stream, server).await?;
    Ok(greeting)
}

async fn say(stream: &mut TcpStream, server: &str, line: &str) -> Result<(), Failure> {
    stream.write_all(line.as_bytes()).await.map_err(|error| session::broken(server, &error))
}

/// One whole answer, as it came and as it reads.
async fn hear(stream: &mut TcpStream, server: &str) -> Result<(Vec<u8>, Response), Failure> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = end_of_reply(&bytes) {
            break end;
        }
        if bytes.len() > REPLY_MAX {
            return Err(Failure::Broken(format!("{server} answered more than {REPLY_MAX} bytes at once")));
        }
        let mut chunk = [0; 1024];
        match stream.read(&mut chunk).await {
            Ok(0) => return Err(Failure::Broken(format!("{server} closed the connection"))),
            Ok(read) => bytes.extend_from_slice(&chunk[..read]),
            Err(error) => return Err(session::broken(server, &error)),
        }
    };
    if end < bytes.len() {
        return Err(Failure::Broken(format!(
            "{server} said more than it was asked before TLS; nothing was sent"
        )));
    }
    let text = String::from_utf8_lossy(&bytes);
    let reply: Response =
        text.parse().map_err(|_| Failure::Broken(format!("{server} does not speak SMTP")))?;
    if reply.is_positive() {
        Ok((bytes, reply))
    } else {
        Err(session::refusal(reply.code(), &reply.message().collect::<Vec<_>>().join(" ")))
    }
}

/// Where the first answer ends: behind the first line whose code no hyphen follows.
fn end_of_reply(bytes: &[u8]) -> Option<usize> {
    let mut from = 0;
    while let Some(length) = bytes[from..].iter().position(|byte| *byte == b'\n') {
        let line = &bytes[from..from + length];
        from += length + 1;
        if line.get(3) != Some(&b'-') {
            return Some(from);
        }
    }
    None
}
