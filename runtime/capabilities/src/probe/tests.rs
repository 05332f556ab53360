use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

use crate::CallState;
use crate::bindings::caisson::module::probe::{Error, Host};
use crate::testing::{Authority, Call, in_days, name_server, trace};

const NAME: &str = "shop.example.com";

/// A call that may try this host and port.
fn call(host: &str, port: u16) -> Call {
    Call::new(format!("[[capabilities.probe]]\nhost = \"{host}\"\nport = {port}\n"))
}

/// A TLS server whose certificate ends in so many days and a half; returns how many bytes it was sent beside handshakes.
async fn tls_server(authority: &Authority, name: &str, days: i64) -> (u16, Arc<AtomicUsize>) {
    let half = std::time::Duration::from_secs(12 * 60 * 60);
    let acceptor = authority.leaf(name, in_days(days) + half).acceptor();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let received = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&received);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if let Ok(mut stream) = acceptor.accept(stream).await {
                let mut bytes = Vec::new();
                stream.read_to_end(&mut bytes).await.ok();
                counter.fetch_add(bytes.len(), Ordering::SeqCst);
            }
        }
    });
    (port, received)
}

async fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
}

async fn certificate(state: &mut CallState, host: &str, port: u16) -> Result<i64, Error> {
    state.certificate(host.to_owned(), port, 5_000).await.unwrap()
}

async fn connect(state: &mut CallState, host: &str, port: u16, timeout_ms: u32) -> Result<u32, Error> {
    state.connect(host.to_owned(), port, timeout_ms).await.unwrap()
}

#[tokio::test]
async fn a_certificate_is_reported_whatever_it_is_worth() {
    let authority = Authority::new();
    // Valid, about to end, over, and for somebody else; none of an authority that anybody trusts.
    for (name, days) in [(NAME, 30), (NAME, 0), (NAME, -1), (NAME, -365), ("other.example.com", 9)] {
        let (port, received) = tls_server(&authority, name, days).await;
        let mut call = call(NAME, port).open(port);
        call.egress.nameserver = Some(name_server(&[(NAME, &["127.0.0.1"])]).await);
        let mut state = call.begin().await;
        assert_eq!(certificate(&mut state, NAME, port).await, Ok(days), "{name} {days}");
        assert_eq!(received.load(Ordering::SeqCst), 0);
        assert_eq!(trace(state)[0].detail, Some(format!("{NAME}:{port} -> {days} days")));
    }
    let (port, _) = tls_server(&authority, "127.0.0.1", 5).await;
    let mut by_address = call("127.0.0.1", port).open(port).begin().await;
    assert_eq!(certificate(&mut by_address, "127.0.0.1", port).await, Ok(5));
}

#[tokio::test]
async fn what_does_not_answer_is_told_apart() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut state = call("127.0.0.1", port).open(port).begin().await;
    let took = connect(&mut state, "127.0.0.1", port, 5_000).await.unwrap();
    assert!(took < 5_000, "{took}");
    // The connection stands, and nobody shakes hands.
    let silent = state.certificate("127.0.0.1".to_owned(), port, 300).await.unwrap();
    assert_eq!(silent, Err(Error::Timeout));

    let closed = closed_port().await;
    let mut state = call("127.0.0.1", closed).open(closed).begin().await;
    assert_eq!(connect(&mut state, "127.0.0.1", closed, 5_000).await, Err(Error::Refused));
    assert_eq!(certificate(&mut state, "127.0.0.1", closed).await, Err(Error::Refused));
    let details: Vec<_> = trace(state).into_iter().filter_map(|call| call.detail).collect();
    assert_eq!(details, [format!("127.0.0.1:{closed} -> refused"), format!("127.0.0.1:{closed} -> refused")]);

    let web = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = web.local_addr().unwrap().port();
    tokio::spawn(async move {
        use tokio::io::AsyncWriteExt;
        while let Ok((mut stream, _)) = web.accept().await {
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.ok();
        }
    });
    let mut state = call("127.0.0.1", port).open(port).begin().await;
    let Err(Error::Other(reason)) = certificate(&mut state, "127.0.0.1", port).await else { panic!() };
    assert!(reason.contains("TLS") && !reason.contains("Bad Request"), "{reason}");
}

#[tokio::test]
async fn the_calls_time_ends_every_wait() {
    let _case = caisson_threats::case(3, "the calls time ends every wait");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut call = call("127.0.0.1", port).open(port);
    call.budget.wall_ms = 300;
    let mut state = call.begin().await;
    let since = std::time::Instant::now();
    let waited = state.certificate("127.0.0.1".to_owned(), port, u32::MAX).await.unwrap();
    assert_eq!(waited, Err(Error::Timeout));
    assert!(since.elapsed() < std::time::Duration::from_secs(5));
}

#[tokio::test]
async fn grants_addresses_and_the_budget_hold() {
    let _case = caisson_threats::case(27, "grants addresses and the budget hold");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let denied = |result: Result<u32, Error>| match result {
        Err(Error::Denied(denied)) => denied.grant,
        other => panic!("{other:?}"),
    };
    let mut nothing = Call::new("").open(port).begin().await;
    assert_eq!(
        denied(connect(&mut nothing, "127.0.0.1", port, 1_000).await),
        format!("[[capabilities.probe]] host = \"127.0.0.1\", port = {port}")
    );
    let mut waiting = call("127.0.0.1", port).open(port);
    waiting.approved = false;
    let mut waiting = waiting.begin().await;
    assert_eq!(
        denied(connect(&mut waiting, "127.0.0.1", port, 1_000).await),
        format!("probe 127.0.0.1:{port}")
    );
    for (host, answers) in [
        ("127.0.0.1", &[][..]),
        ("inside.example.com", &["10.0.0.1"][..]),
        ("mixed.example.com", &["93.184.216.34", "127.0.0.1"][..]),
    ] {
        let mut private = call(host, port);
        private.egress.nameserver = Some(name_server(&[(host, answers)]).await);
        let mut state = private.begin().await;
        assert_eq!(denied(connect(&mut state, host, port, 1_000).await), "egress.allow_private", "{host}");
        let looked = certificate(&mut state, host, port).await;
        assert!(matches!(looked, Err(Error::Denied(_))), "{host}: {looked:?}");
    }
    let mut few = call("127.0.0.1", port).open(port);
    few.budget.http_requests = 1;
    let mut state = few.begin().await;
    connect(&mut state, "127.0.0.1", port, 1_000).await.unwrap();
    let second = connect(&mut state, "127.0.0.1", port, 1_000).await;
    assert_eq!(second, Err(Error::Other("the call used up its HTTP requests".to_owned())));
    let wrong = connect(&mut state, "a b", port, 1_000).await;
    assert!(matches!(wrong, Err(Error::Other(_))), "{wrong:?}");
}

#[tokio::test]
async fn a_setting_of_tags_names_every_place_and_no_other() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut call = Call::new(
        "[[settings]]\nkey = \"hosts\"\nlabel = \"Hosts\"\ntype = \"tags\"\n[[capabilities.probe]]\nfrom = \"settings.hosts\"\n\
         [[capabilities.http]]\nfrom = \"settings.hosts\"\n",
    )
    .open(port);
    let hosts = ["https://shop.example.com".to_owned(), "a b".to_owned(), format!("127.0.0.1:{port}")];
    call.settings = serde_json::json!({ "hosts": hosts });
    let mut state = call.begin().await;
    assert!(connect(&mut state, "127.0.0.1", port, 1_000).await.is_ok());
    for (host, port) in [("127.0.0.1", 443), ("other.example.com", 443), ("shop.example.com", 80)] {
        let tried = connect(&mut state, host, port, 1_000).await;
        assert!(matches!(tried, Err(Error::Denied(_))), "{host}:{port}");
    }
    let granted = &state.behind.granted;
    let hosts: Vec<String> = granted.http.iter().map(|rule| rule.host.to_string()).collect();
    assert_eq!(hosts, ["shop.example.com"]);
}

#[tokio::test]
async fn a_url_setting_names_host_and_port() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut call = Call::new(
        "[[settings]]\nkey = \"site\"\nlabel = \"Site\"\ntype = \"url\"\n[[capabilities.probe]]\nfrom = \"settings.site\"\n",
    )
    .open(port);
    call.settings = serde_json::json!({ "site": format!("https://127.0.0.1:{port}/shop") });
    let mut state = call.begin().await;
    assert!(connect(&mut state, "127.0.0.1", port, 1_000).await.is_ok());
    assert!(matches!(connect(&mut state, "127.0.0.1", 443, 1_000).await, Err(Error::Denied(_))));
}
