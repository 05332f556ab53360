use std::net::IpAddr;

use caisson_types::manifest::{GrantId, HostPattern, Method};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

fn install_provider() {
    rustls::crypto::ring::default_provider().install_default().ok();
}

fn rule(scheme: Scheme, host: &str, port: u16) -> Rule {
    let host = HostPattern::try_from(host.to_owned()).unwrap();
    Rule {
        scheme,
        host,
        port,
        methods: Vec::new(),
        secrets: vec!["key".to_owned()],
        grant: GrantId("test".to_owned()),
    }
}

fn request(url: &str) -> Request {
    Request {
        method: Method::Get,
        url: url.to_owned(),
        headers: Vec::new(),
        body: Bytes::new(),
        credential: None,
        connect_timeout: Duration::from_secs(2),
        timeout: Duration::from_secs(5),
        max_redirects: 5,
        max_response_bytes: 1024 * 1024,
    }
}

async fn send(egress: &Egress, rules: &[Rule], request: Request) -> Result<Response, EgressError> {
    egress.send("product/test", rules, request, &mut || Ok(())).await
}

/// A server that answers every connection with `answer`, and counts them.
async fn server(
    answer: impl Fn(&str) -> Vec<u8> + Send + 'static,
) -> (u16, Arc<std::sync::Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let seen: Arc<std::sync::Mutex<Vec<String>>> = Arc::default();
    let log = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = vec![0; 16 * 1024];
            let read = stream.read(&mut head).await.unwrap_or(0);
            let head = String::from_utf8_lossy(&head[..read]).into_owned();
            let bytes = answer(&head);
            log.lock().unwrap().push(head);
            stream.write_all(&bytes).await.ok();
            stream.shutdown().await.ok();
        }
    });
    (port, seen)
}

fn open(port: u16) -> Egress {
    install_provider();
    let allow_private = vec![format!("127.0.0.1:{port}").parse().unwrap()];
    Egress::new(EgressConfig { allow_private, ..EgressConfig::default() }).unwrap()
}

/// Every spelling of an address that leads home, or to a neighbour.
fn hostile_hosts() -> Vec<String> {
    let mut hosts: Vec<String> = [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "0177.0.0.1",
        "0x7f.0.0.1",
        "0x7f000001",
        "2130706433",
        "017700000001",
        "0",
        "0.0.0.0",
        "127.0.0.1.",
        "127.255.255.254",
        "10.0.0.1",
        "10.255.255.255",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.0.1",
        "192.168.255.255",
        "169.254.169.254",
        "169.254.0.1",
        "100.64.0.1",
        "100.127.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "192.88.99.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "[::]",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::ffff:169.254.169.254]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b::a9fe:a9fe]",
        "[64:ff9b:1::1]",
        "[2002:7f00:1::]",
        "[2001::1]",
        "[2001:db8::1]",
        "[fc00::1]",
        "[fd00:ec2::254]",
        "[fe80::1]",
        "[fec0::1]",
        "[ff02::1]",
        "[100::1]",
        "[5f00::1]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:0:127.0.0.1]",
        "１２７.0.0.1",
        "127。0。0。1",
        "0x7f.1",
        "0177.1",
        "0300.0250.0.1",
        "3232235521",
    ]
    .map(str::to_owned)
    .into();
    for last in 0..=40 {
        hosts.push(format!("{}", u32::from(std::net::Ipv4Addr::new(127, 0, 0, last))));
        hosts.push(format!("0x{:08x}", u32::from(std::net::Ipv4Addr::new(10, 1, 2, last))));
        hosts.push(format!("[::ffff:192.168.1.{last}]"));
    }
    hosts
}

#[tokio::test]
async fn no_spelling_of_a_private_address_is_reached() {
    install_provider();
    let (port, seen) = server(|_| b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec()).await;
    let egress = Egress::new(EgressConfig::default()).unwrap();
    let mut cases = 0;
    for host in hostile_hosts() {
        for scheme in [Scheme::Http, Scheme::Https] {
            let text = format!("{}://{host}:{port}/", scheme.as_str());
            // The grant covers it: the policy alone must refuse.
            let Ok(url) = Url::parse(&text) else { continue };
            let rules = [rule(scheme, url.host_str().unwrap(), port)];
            let refused = send(&egress, &rules, request(&text)).await.unwrap_err();
            assert!(
                matches!(refused, EgressError::Denied { .. } | EgressError::Invalid(_)),
                "{text}: {refused:?}"
            );
            cases += 1;
        }
    }
    assert!(cases >= 300, "only {cases} cases");
    assert!(seen.lock().unwrap().is_empty(), "a private address was reached");
}

#[test]
fn public_addresses_are_public() {
    for public in [
        "1.1.1.1",
        "8.8.8.8",
        "93.184.216.34",
        "2606:4700::1111",
        "2a00:1450:4001::8a",
        "172.32.0.1",
        "100.128.0.1",
    ] {
        assert!(!is_special_use(public.parse::<IpAddr>().unwrap()), "{public}");
    }
}

#[tokio::test]
async fn an_exception_opens_its_address_and_port_only() {
    let (port, _) = server(|_| b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi".to_vec()).await;
    let (other, seen) = server(|_| b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec()).await;
    let egress = open(port);
    let rules = [rule(Scheme::Http, "127.0.0.1", port), rule(Scheme::Http, "127.0.0.1", other)];
    assert_eq!(
        send(&egress, &rules, request(&format!("http://127.0.0.1:{port}/a?b"))).await.unwrap().body,
        "hi"
    );
    let refused = send(&egress, &rules, request(&format!("http://127.0.0.1:{other}/"))).await.unwrap_err();
    assert!(matches!(refused, EgressError::Denied { .. }), "{refused:?}");
    assert!(seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn what_is_not_granted_is_denied_by_name() {
    let egress = open(1);
    let refused = send(&egress, &[], request("https://api.example.com/v1")).await.unwrap_err();
    let EgressError::Denied { grant, .. } = refused else { panic!("{refused:?}") };
    assert_eq!(
        grant,
        "[[capabilities.http]] host = \"api.example.com\", scheme = \"https\", methods = [\"GET\"]"
    );
}

#[tokio::test]
async fn redirects_are_checked_hop_by_hop_and_lose_credentials() {
    let (inner, seen) = server(|_| b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec()).await;
    for status in [301, 302, 303, 307, 308] {
        let (port, first) = server(move |_| {
            format!("HTTP/1.1 {status} Moved\r\nlocation: http://127.0.0.1:{inner}/in\r\ncontent-length: 0\r\n\r\n").into_bytes()
        })
        .await;
        install_provider();
        let allow_private =
            vec![format!("127.0.0.1:{port}").parse().unwrap(), format!("127.0.0.1:{inner}").parse().unwrap()];
        let egress = Egress::new(EgressConfig { allow_private, ..EgressConfig::default() }).unwrap();
        let with_key = || Request {
            credential: Some(Credential::bearer("s3cret".to_owned().into(), "key".to_owned())),
            headers: vec![("x-api-key".to_owned(), "guest-key".to_owned())],
            ..request(&format!("http://127.0.0.1:{port}/"))
        };
        let only_first = [rule(Scheme::Http, "127.0.0.1", port)];
        let refused = send(&egress, &only_first, with_key()).await.unwrap_err();
        assert!(matches!(refused, EgressError::Denied { .. }), "{status}: {refused:?}");
        assert!(seen.lock().unwrap().is_empty(), "{status}: the redirect was followed");
        let both = [rule(Scheme::Http, "127.0.0.1", port), rule(Scheme::Http, "127.0.0.1", inner)];
        send(&egress, &both, with_key()).await.unwrap();
        assert!(first.lock().unwrap()[0].contains("Bearer s3cret"));
        let reached = seen.lock().unwrap().pop().unwrap();
        assert!(!reached.contains("s3cret") && !reached.contains("guest-key"), "{status}: {reached}");
    }
}

#[tokio::test]
async fn a_secret_goes_only_where_it_is_bound() {
    let (port, seen) = server(|_| b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec()).await;
    let egress = open(port);
    let unbound = Rule { secrets: Vec::new(), ..rule(Scheme::Http, "127.0.0.1", port) };
    let asked = Request {
        credential: Some(Credential::bearer("s3cret".to_owned().into(), "key".to_owned())),
        ..request(&format!("http://127.0.0.1:{port}/"))
    };
    assert!(matches!(send(&egress, &[unbound], asked).await, Err(EgressError::Denied { .. })));
    assert!(seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn headers_that_would_break_the_framing_are_refused() {
    let egress = open(1);
    let rules = [rule(Scheme::Http, "127.0.0.1", 1)];
    let names = [
        "Host",
        "Content-Length",
        "Transfer-Encoding",
        "Connection",
        "Cookie",
        "TE",
        "Upgrade",
        "Proxy-Authorization",
        "Expect",
        "a b",
        "a\r\nb",
        "",
    ];
    for name in names {
        let asked =
            Request { headers: vec![(name.to_owned(), "x".to_owned())], ..request("http://127.0.0.1:1/") };
        assert!(matches!(send(&egress, &rules, asked).await, Err(EgressError::Invalid(_))), "{name:?}");
    }
    for byte in (0_u8..=31).chain([127]).filter(|byte| *byte != b'\t') {
        let value = format!("a{}b", char::from(byte));
        let asked = Request { headers: vec![("x-a".to_owned(), value)], ..request("http://127.0.0.1:1/") };
        assert!(matches!(send(&egress, &rules, asked).await, Err(EgressError::Invalid(_))), "{byte}");
    }
    for url in [
        "http://user@127.0.0.1:1/",
        "http://user:pw@127.0.0.1:1/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "http://a\tb/",
        "http://a\\b/",
        "http:///x",
        "gopher://a/",
    ] {
        assert!(
            matches!(
                send(&egress, &rules, request(url)).await,
                Err(EgressError::Invalid(_) | EgressError::Denied { .. })
            ),
            "{url}"
        );
    }
}

#[tokio::test]
async fn large_slow_and_broken_answers_are_cut_off() {
    let big = vec![b'x'; 2 * 1024 * 1024];
    let (port, _) = server(move |_| {
        [format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", big.len()).into_bytes(), big.clone()]
            .concat()
    })
    .await;
    let rules = |port| [rule(Scheme::Http, "127.0.0.1", port)];
    let to = |port| request(&format!("http://127.0.0.1:{port}/"));
    assert_eq!(
        send(&open(port), &rules(port), to(port)).await.unwrap_err(),
        EgressError::TooLarge(1024 * 1024)
    );

    let (port, _) = server(|_| b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf".to_vec()).await;
    assert!(matches!(send(&open(port), &rules(port), to(port)).await, Err(EgressError::Other(_))));

    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    let short = Request { timeout: Duration::from_millis(200), ..to(port) };
    assert_eq!(send(&open(port), &rules(port), short).await.unwrap_err(), EgressError::Timeout);

    drop(silent);
    assert!(matches!(send(&open(port), &rules(port), to(port)).await, Err(EgressError::Connect(_))));
}
