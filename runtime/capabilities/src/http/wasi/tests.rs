use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::HeaderMap;
use http_body_util::{BodyExt, Full, StreamBody};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wasmtime_wasi_http::p2::bindings::http::types::{ErrorCode, Method, Scheme};
use wasmtime_wasi_http::p2::body::HyperOutgoingBody;
use wasmtime_wasi_http::p2::types::HostOutgoingRequest;
use wasmtime_wasi_http::{Error, FieldMap, WasiHttpHooks};

use super::convert::convert;
use super::exchange::Exchanges;
use super::host::{Hooks, Sending};
use crate::http::egress::tests::{Canary, Refusal, install_provider, name_server, names, rule, urls};
use crate::http::egress::{self, Egress, EgressConfig, Ledger, Rule, Timeouts};
use crate::trace::Outcome;
use crate::{Behind, Granted};

const CAP: u64 = 1024 * 1024;

/// Takes a URL apart as a careless library would, without an opinion on it.
fn outgoing(url: &str) -> HostOutgoingRequest {
    let (scheme, rest) = url.split_once("://").or_else(|| url.split_once(':')).unwrap_or(("https", url));
    let split = rest.find(['/', '?']).unwrap_or(rest.len());
    HostOutgoingRequest {
        method: Method::Get,
        scheme: Some(match scheme {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            other => Scheme::Other(other.to_owned()),
        }),
        authority: Some(rest[..split].to_owned()),
        path_with_query: Some(rest[split..].to_owned()),
        headers: FieldMap::default(),
        body: None,
    }
}

/// What the guest is told, and what the trace keeps.
struct Told {
    answer: Result<(u16, HeaderMap, Result<Bytes, Error>), Error>,
    outcome: Outcome,
    detail: String,
}

fn sending(egress: &Egress, granted: Granted) -> (Sending, Exchanges) {
    let mut exchanges = Exchanges::default();
    let sending = Sending {
        egress: egress.clone(),
        behind: Arc::new(Behind { granted, ..crate::testing::behind("product/test") }),
        timeouts: Timeouts::whole(Duration::from_secs(2), Duration::from_secs(5)),
        cap: CAP,
        ledger: Ledger::default(),
        exchange: exchanges.begin(Instant::now(), "GET it".to_owned()),
    };
    (sending, exchanges)
}

async fn send(egress: &Egress, granted: Granted, request: HostOutgoingRequest) -> Result<Told, ErrorCode> {
    let request = convert(request).map_err(|unsendable| unsendable.code)?;
    let (sending, exchanges) = sending(egress, granted);
    let answer = match sending.send(request).await {
        Err(error) => Err(error),
        Ok((response, _worker)) => {
            let (parts, body) = response.into_parts();
            let body = body.collect().await.map(http_body_util::Collected::to_bytes);
            Ok((parts.status.as_u16(), parts.headers, body))
        }
    };
    let (_, _, _, outcome, detail) = exchanges.ended().next().unwrap();
    Ok(Told { answer, outcome, detail: detail.unwrap() })
}

fn granted(http: Vec<Rule>) -> Granted {
    Granted { http, ..Granted::default() }
}

async fn served(answer: Vec<u8>) -> (u16, Arc<std::sync::Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let seen: Arc<std::sync::Mutex<Vec<u8>>> = Arc::default();
    let log = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut bytes = vec![0; 256 * 1024];
            // Until the head is there and what it promises, or its last chunk.
            let mut all = Vec::new();
            while let Ok(read @ 1..) = stream.read(&mut bytes).await {
                all.extend_from_slice(&bytes[..read]);
                let text = String::from_utf8_lossy(&all);
                let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                let complete = match length {
                    Some(length) => body.len() >= length.parse().unwrap(),
                    None => !head.contains("chunked") || body.ends_with("0\r\n\r\n"),
                };
                if complete {
                    break;
                }
            }
            *log.lock().unwrap() = all;
            stream.write_all(&answer).await.ok();
            stream.shutdown().await.ok();
        }
    });
    (port, seen)
}

fn open(port: u16) -> (Egress, Granted) {
    install_provider();
    let allow_private = vec![format!("127.0.0.1:{port}").parse().unwrap()];
    let egress = Egress::new(EgressConfig { allow_private, ..EgressConfig::default() }).unwrap();
    (egress, granted(vec![rule(egress::Scheme::Http, "127.0.0.1", port)]))
}

fn fields(given: &[(&str, &str)]) -> FieldMap {
    let mut fields = FieldMap::new_mutable(64 * 1024);
    for (name, value) in given {
        fields.append(&mut Hooks, (*name).to_owned(), value.as_bytes().to_vec()).unwrap();
    }
    fields
}

fn whole(body: &'static [u8]) -> HyperOutgoingBody {
    Full::new(Bytes::from_static(body)).map_err(|never| match never {}).boxed_unsync()
}

#[tokio::test]
async fn nothing_of_the_corpus_leads_home() {
    let _case = caisson_threats::case(27, "nothing of the corpus leads home").times(urls(54_321).len());
    let canary = Canary::listen().await;
    install_provider();
    let nameserver = Some(name_server(names()).await);
    let egress = Egress::new(EgressConfig { nameserver, ..EgressConfig::default() }).unwrap();
    for case in urls(canary.port) {
        // A fragment is nothing that this interface could carry.
        let url = case.url.split('#').next().unwrap();
        let told = send(&egress, granted(case.rules()), outgoing(url)).await;
        let agrees = match (&told, case.refusal) {
            (Err(ErrorCode::HttpRequestUriInvalid), _) => true,
            (Ok(Told { answer: Err(Error::HttpRequestDenied), outcome, detail }), Refusal::Denied) => {
                *outcome == Outcome::Denied && detail == "egress.allow_private"
            }
            // Taken apart and put together again, some of what cannot be read becomes a host that is not granted.
            (Ok(Told { answer: Err(Error::HttpRequestDenied), .. }), Refusal::Invalid) => true,
            (Ok(Told { answer: Err(Error::DnsError { .. }), .. }), Refusal::Unresolved) => true,
            _ => false,
        };
        assert!(agrees, "{:?}: {:?}", case.url, told.map(|told| (told.answer, told.detail)));
    }
    for name in names().into_keys() {
        let rules = vec![rule(egress::Scheme::Http, &name, canary.port)];
        let request = outgoing(&format!("http://{name}:{}/", canary.port));
        let told = send(&egress, granted(rules), request).await.unwrap();
        assert!(matches!(told.answer, Err(Error::HttpRequestDenied)), "{name}: {:?}", told.answer);
    }
    canary.saw_nobody().await;
}

#[tokio::test]
async fn a_denial_is_typed_and_the_trace_names_the_grant() {
    let _case = caisson_threats::case(22, "a denial is typed and the trace names the grant");
    let (egress, _) = open(1);
    let ask = async |granted| send(&egress, granted, outgoing("https://api.example.com/v1?key=s3cret")).await;
    let told = ask(Granted::default()).await.unwrap();
    assert!(matches!(told.answer, Err(Error::HttpRequestDenied)));
    let line = "[[capabilities.http]] host = \"api.example.com\", scheme = \"https\", methods = [\"GET\"]";
    assert_eq!((told.outcome, told.detail.as_str()), (Outcome::Denied, line));
    let waiting = vec![rule(egress::Scheme::Https, "api.example.com", 443)];
    let told = ask(Granted { http_unapproved: waiting, ..Granted::default() }).await.unwrap();
    assert!(matches!(told.answer, Err(Error::HttpRequestDenied)));
    assert_eq!((told.outcome, told.detail.as_str()), (Outcome::Denied, "test"));
}

#[tokio::test]
async fn an_answer_comes_as_it_is_and_redirects_are_the_guests() {
    let answer = b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\nset-cookie: a=b\r\nx-a: b\r\ncontent-length: 5\r\n\r\nmoved";
    let (port, seen) = served(answer.to_vec()).await;
    let (egress, granted) = open(port);
    let request = HostOutgoingRequest {
        headers: fields(&[("x-b", "c"), ("accept-encoding", "br"), ("user-agent", "guest")]),
        ..outgoing(&format!("http://127.0.0.1:{port}/a?b=c"))
    };
    let told = send(&egress, granted, request).await.unwrap();
    let (status, headers, body) = told.answer.unwrap();
    assert_eq!((status, body.unwrap().as_ref()), (302, &b"moved"[..]));
    assert_eq!(
        (&headers["location"], headers.get("set-cookie")),
        (&"http://127.0.0.1:1/".parse().unwrap(), None)
    );
    assert_eq!((told.outcome, told.detail.as_str()), (Outcome::Ok, "GET it -> 302"));
    let seen = String::from_utf8(seen.lock().unwrap().clone()).unwrap();
    assert!(seen.starts_with("GET /a?b=c HTTP/1.1\r\n") && seen.contains("x-b: c\r\n"), "{seen}");
    assert!(seen.contains("accept-encoding: gzip\r\n") && seen.contains("user-agent: guest\r\n"), "{seen}");
    assert_eq!(seen.matches("host: ").count(), 1, "{seen}");
}

#[tokio::test]
async fn the_journal_hears_what_the_guest_hears() {
    let (port, _) = served(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello".to_vec()).await;
    let (egress, granted) = open(port);
    let (sending, _exchanges) = sending(&egress, granted);
    let ledger = sending.ledger.clone();
    let request =
        HostOutgoingRequest { body: Some(whole(b"hi")), ..outgoing(&format!("http://127.0.0.1:{port}/a")) };
    let (response, _worker) = sending.send(convert(request).unwrap()).await.unwrap();
    response.into_body().collect().await.unwrap();
    let noted = ledger.journal().take();
    let [exchange] = noted.exchanges.as_slice() else { panic!("{noted:?}") };
    let answer = exchange.answer.as_ref().unwrap();
    assert_eq!((answer.status, answer.body.bytes().as_slice()), (200, &b"hello"[..]));
    assert_eq!(exchange.body.as_ref().unwrap().bytes(), b"hi");
    assert!(exchange.error.is_none());
}

#[tokio::test]
async fn headers_that_are_the_hosts_are_forbidden_where_they_are_set_and_where_they_are_sent() {
    let _case = caisson_threats::case(
        29,
        "headers that are the hosts are forbidden where they are set and where they are sent",
    );
    let names = [
        "host",
        "connection",
        "transfer-encoding",
        "te",
        "cookie",
        "referer",
        "expect",
        "proxy-x",
        "upgrade",
    ];
    for name in names {
        assert!(Hooks.is_forbidden_header(&name.parse().unwrap()), "{name}");
    }
    for name in ["content-length", "content-type", "authorization", "accept-encoding"] {
        assert!(!Hooks.is_forbidden_header(&name.parse().unwrap()), "{name}");
    }
    let (port, seen) = served(Vec::new()).await;
    let (egress, granted) = open(port);
    let mut headers = HeaderMap::new();
    headers.insert("cookie", "a=b".parse().unwrap());
    // As if the first check had not been.
    struct Lax;
    impl WasiHttpHooks for Lax {
        fn is_forbidden_header(&mut self, _: &http::HeaderName) -> bool {
            false
        }
        fn send_request(
            &mut self,
            _: http::Request<wasmtime_wasi_http::WasiBody>,
            _: Option<wasmtime_wasi_http::RequestOptions>,
            _: Box<dyn Future<Output = Result<(), Error>> + Send>,
        ) -> Box<
            dyn Future<
                    Output = wasmtime_wasi_http::Result<(
                        http::Response<wasmtime_wasi_http::WasiBody>,
                        Box<dyn Future<Output = Result<(), Error>> + Send>,
                    )>,
                > + Send,
        > {
            Box::new(async { Err(Error::HttpRequestDenied) })
        }
    }
    let headers = FieldMap::new_immutable(&mut Lax, headers);
    let request = HostOutgoingRequest { headers, ..outgoing(&format!("http://127.0.0.1:{port}/")) };
    let told = send(&egress, granted, request).await.unwrap();
    assert!(matches!(&told.answer, Err(Error::InternalError(Some(reason))) if reason.contains("cookie")));
    assert!(seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn bodies_stream_within_their_caps_and_small_ones_go_with_their_length() {
    let (port, seen) = served(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec()).await;
    let (egress, granted) = open(port);
    let post = |headers: &[(&str, &str)], body| HostOutgoingRequest {
        method: Method::Post,
        headers: fields(headers),
        body: Some(body),
        ..outgoing(&format!("http://127.0.0.1:{port}/"))
    };
    let chunks = |count: u64| {
        let chunk = || Ok(http_body::Frame::data(Bytes::from_static(&[b'x'; 1024])));
        StreamBody::new(futures::stream::iter((0..count).map(move |_| chunk()))).boxed_unsync()
    };
    let ask = async |request| send(&egress, granted.clone(), request).await.unwrap().answer.map(|_| ());
    let head = || {
        let seen = std::mem::take(&mut *seen.lock().unwrap());
        String::from_utf8(seen).unwrap()
    };
    ask(post(&[], whole(b"small"))).await.unwrap();
    let small = head();
    assert!(small.contains("content-length: 5\r\n") && small.ends_with("\r\n\r\nsmall"), "{small}");
    ask(post(&[], chunks(100))).await.unwrap();
    let chunked = head();
    assert!(chunked.contains("transfer-encoding: chunked\r\n") && chunked.matches('x').count() >= 102_400);
    ask(post(&[("content-length", "102400")], chunks(100))).await.unwrap();
    let long = head();
    assert!(long.contains("content-length: 102400\r\n") && !long.contains("chunked"));

    let too_large = |answer| matches!(answer, Err(Error::HttpRequestBodySize(Some(CAP))));
    assert!(too_large(ask(post(&[], chunks(CAP / 1024 + 1))).await));
    assert!(too_large(ask(post(&[("content-length", "9999999999")], whole(b"x"))).await));
    assert!(ask(post(&[("content-length", "4")], whole(b"small"))).await.is_err());
}

#[tokio::test]
async fn an_answer_past_the_cap_ends_in_the_body_and_on_the_trace() {
    let _case = caisson_threats::case(30, "an answer past the cap ends in the body and on the trace");
    let length = 2 * CAP;
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n");
    let (port, _) = served([head.as_bytes(), &vec![b'x'; 2 * 1024 * 1024]].concat()).await;
    let (egress, granted) = open(port);
    let told = send(&egress, granted, outgoing(&format!("http://127.0.0.1:{port}/"))).await.unwrap();
    let (status, _, body) = told.answer.unwrap();
    assert_eq!(status, 200);
    assert!(matches!(body, Err(Error::HttpResponseBodySize(Some(CAP)))));
    assert_eq!(told.outcome, Outcome::Error);
    assert_eq!(told.detail, format!("GET it -> the answer is larger than {CAP} bytes"));
}

#[tokio::test]
async fn answers_that_nobody_reads_yet_do_not_keep_others_from_coming() {
    let (port, _) = served(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi".to_vec()).await;
    install_provider();
    let allow_private = vec![format!("127.0.0.1:{port}").parse().unwrap()];
    let config = EgressConfig { allow_private, max_concurrent_per_module: 1, ..EgressConfig::default() };
    let egress = Egress::new(config).unwrap();
    let granted = granted(vec![rule(egress::Scheme::Http, "127.0.0.1", port)]);
    let mut answers = Vec::new();
    for _ in 0..3 {
        let request = convert(outgoing(&format!("http://127.0.0.1:{port}/"))).unwrap();
        answers.push(sending(&egress, granted.clone()).0.send(request).await.unwrap());
    }
    for (response, _worker) in answers {
        assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "hi");
    }
}

#[test]
fn what_cannot_be_joined_is_no_url() {
    let request = |authority: &str, path: &str| HostOutgoingRequest {
        authority: Some(authority.to_owned()),
        path_with_query: Some(path.to_owned()),
        ..outgoing("https://a/")
    };
    for (authority, path) in [
        ("api.example.com", "http://127.0.0.1/"),
        ("api.example.com", "@127.0.0.1/"),
        ("api.example.com", ":80@127.0.0.1/"),
        ("api.example.com", ".evil.example/"),
        ("127.0.0.1/", "/.example.com"),
        ("127.0.0.1?", "/"),
        ("127.0.0.1#", "/"),
        ("127.0.0.1\\", "/"),
    ] {
        let refused = convert(request(authority, path)).err().map(|unsendable| unsendable.code);
        assert!(matches!(refused, Some(ErrorCode::HttpRequestUriInvalid)), "{authority} {path}");
    }
    for method in [Method::Options, Method::Connect, Method::Trace, Method::Other("PROPFIND".to_owned())] {
        let refused = convert(HostOutgoingRequest { method, ..request("a.example", "/") });
        let refused = refused.err().map(|unsendable| unsendable.code);
        assert!(matches!(refused, Some(ErrorCode::HttpRequestMethodInvalid)), "{refused:?}");
    }
}
