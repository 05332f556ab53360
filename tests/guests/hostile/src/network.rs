//! Requests that no client should send, and letters that say more than they show.

use caisson_guest::Result;
use caisson_guest::bindings::host::caisson::module::types::{Header, HttpMethod};
use caisson_guest::bindings::host::caisson::module::{http, probe};
use caisson_guest::mail::{Mail, Server};

use crate::spam::host;

pub(crate) fn request(url: &str, headers: Vec<Header>) -> http::Request {
    http::Request {
        method: HttpMethod::Get,
        url: url.to_owned(),
        headers,
        body: Vec::new(),
        credential: http::Credential::None,
        connect_timeout_ms: None,
        timeout_ms: None,
        max_redirects: 0,
    }
}

pub(crate) fn network(name: &str) -> Result<String> {
    let header = |name: &str, value: &str| Header { name: name.to_owned(), value: value.to_owned() };
    let sent = |headers: Vec<Header>| host(http::send(&request("https://example.com/", headers)));
    let to = |url: &str| host(http::send(&request(url, Vec::new())));
    match name {
        "line break in a header" => sent(vec![header("x-a", "b\r\nx-c: d")]),
        "line break in a header's name" => sent(vec![header("x-a: b\r\nx-c", "d")]),
        "host header" => sent(vec![header("host", "localhost")]),
        "framing header" => sent(vec![header("transfer-encoding", "chunked")]),
        "length header" => sent(vec![header("content-length", "0")]),
        "hop-by-hop header" => sent(vec![header("connection", "upgrade")]),
        "cookie header" => sent(vec![header("cookie", "a=b")]),
        "header flood" => sent(vec![header("x-a", "b"); 10_000]),
        "giant header" => sent(vec![header("x-a", &"b".repeat(1 << 20))]),
        "long URL" => to(&format!("https://example.com/{}", "a".repeat(1 << 20))),
        "line break in a URL" => to("https://example.com/ HTTP/1.1\r\nhost: localhost\r\n\r\n"),
        "user in a URL" => to("https://user:password@example.com/"),
        "address in a URL's user" => to("https://example.com@127.0.0.1/"),
        "file" => to("file:///etc/passwd"),
        "no URL" => to("\u{0}\u{202e}"),
        "metadata" => to("http://169.254.169.254/latest/meta-data/"),
        "loopback in octal" => to("http://0177.0.0.1/"),
        "no time" => {
            let mut request = request("https://example.com/", Vec::new());
            (request.connect_timeout_ms, request.timeout_ms) = (Some(0), Some(0));
            host(http::send(&request))
        }
        "somebody's secret" => {
            let mut request = request("https://example.com/", Vec::new());
            request.credential = http::Credential::Bearer("panel.master_key".to_owned());
            host(http::send(&request))
        }
        "probe" => host(probe::connect("169.254.169.254", 80, 1000)),
        "probe elsewhere" => host(probe::connect("127.0.0.1", 22, 1000)),
        "probe without time" => host(probe::certificate("169.254.169.254", 80, 0)),
        "mail of two headers" => mail(|mail| mail.subject("a\r\nbcc: everybody@example.com")),
        "mail to a line" => mail(|mail| mail.to("a@example.com\r\nRCPT TO:<b@example.com>")),
        "mail to everybody" => mail(|mut mail| {
            for number in 0..10_000 {
                mail = mail.to(format!("a{number}@example.com"));
            }
            mail
        }),
        "mail elsewhere" => {
            let mail = Mail::new("a@example.com").to("b@example.com").subject("a").text("b");
            mail.send(&Server::tls("127.0.0.1"))
        }
        _ => crate::unknown(name),
    }
}

fn mail(change: impl FnOnce(Mail) -> Mail) -> Result<String> {
    let mail = Mail::new("a@example.com").to("b@example.com").subject("a").text("b");
    change(mail).send(&Server::tls("mail.example.com"))
}
