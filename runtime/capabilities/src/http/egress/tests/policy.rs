use std::net::IpAddr;

use super::*;

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
    let _case = caisson_threats::case(22, "what is not granted is denied by name");
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
    let _case = caisson_threats::case(26, "redirects are checked hop by hop and lose credentials");
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
    let _case = caisson_threats::case(26, "a secret goes only where it is bound");
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
    let _case = caisson_threats::case(29, "headers that would break the framing are refused");
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
async fn a_password_of_the_modules_own_goes_where_it_may_call() {
    let (port, seen) = server(|_| b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok".to_vec()).await;
    let egress = open(port);
    let own = Credential::basic_of_module("root".to_owned(), "s3cret".to_owned().into());
    let asked = Request { credential: Some(own), ..request(&format!("http://127.0.0.1:{port}/")) };
    let granted = [Rule { secrets: Vec::new(), ..rule(Scheme::Http, "127.0.0.1", port) }];
    assert_eq!(send(&egress, &granted, asked).await.unwrap().body, "ok");
    assert!(seen.lock().unwrap()[0].contains("authorization: Basic cm9vdDpzM2NyZXQ="));
}

#[tokio::test]
async fn a_secret_address_is_bound_like_any_secret() {
    let (port, seen) = server(|_| b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok".to_vec()).await;
    let egress = open(port);
    let secret = format!("http://127.0.0.1:{port}/hook/s3cret/");
    let hook = || Credential::url(secret.clone().into(), "key".to_owned());
    let asked = |url: &str| Request {
        credential: Some(hook()),
        ..request(&hook().address(url.to_owned()).expect("an address"))
    };
    let bound = [rule(Scheme::Http, "127.0.0.1", port)];
    for url in ["", "/topics?wait=1"] {
        assert_eq!(send(&egress, &bound, asked(url)).await.unwrap().body, "ok");
    }
    let lines: Vec<_> =
        seen.lock().unwrap().iter().map(|one| one.lines().next().unwrap().to_owned()).collect();
    assert_eq!(lines, ["GET /hook/s3cret HTTP/1.1", "GET /hook/s3cret/topics?wait=1 HTTP/1.1"]);
    let unbound = [Rule { secrets: Vec::new(), ..bound[0].clone() }];
    let refused = send(&egress, &unbound, asked("")).await.unwrap_err();
    assert!(
        matches!(&refused, EgressError::Denied { reason, .. } if reason.contains("'key' is not bound")),
        "{refused:?}"
    );
    for url in ["@evil.example/", ".evil.example/", "https://evil.example/"] {
        let refused = hook().address(url.to_owned()).unwrap_err();
        assert!(refused.contains("empty, or begins with / or ?") && !refused.contains("s3cret"), "{refused}");
    }
}
