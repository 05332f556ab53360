use std::process::Command;

use super::*;

/// Its name, for the child process that runs it with other variables.
const SAYS_NOTHING: &str = "http::egress::tests::privacy::a_request_says_nothing_it_was_not_asked_to_say";

#[tokio::test]
async fn a_request_says_nothing_it_was_not_asked_to_say() {
    let _case = caisson_threats::case(28, "a request says nothing it was not asked to say");
    let (port, seen) = server(|head| {
        let to = if head.starts_with("GET /first") { "location: /second\r\n" } else { "" };
        let status = if to.is_empty() { "200 OK" } else { "302 Found" };
        format!("HTTP/1.1 {status}\r\n{to}set-cookie: a=b; Path=/\r\ncontent-length: 0\r\n\r\n").into_bytes()
    })
    .await;
    let egress = open(port);
    let rules = [rule(Scheme::Http, "127.0.0.1", port)];
    for _ in 0..2 {
        let response =
            send(&egress, &rules, request(&format!("http://127.0.0.1:{port}/first#part"))).await.unwrap();
        assert!(!response.headers.iter().any(|(name, _)| name == "set-cookie"), "{response:?}");
    }
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 4);
    for head in seen.iter() {
        let mut lines = head.trim_end().lines();
        // Not the absolute form that proxies are spoken to in, and no fragment.
        assert!(["GET /first HTTP/1.1", "GET /second HTTP/1.1"].contains(&lines.next().unwrap()), "{head}");
        let mut names: Vec<&str> = lines.map(|line| line.split_once(':').unwrap().0).collect();
        names.sort_unstable();
        assert_eq!(names, ["accept", "accept-encoding", "host", "user-agent"], "{head}");
    }
}

#[tokio::test]
async fn proxies_of_the_environment_are_not_used() {
    let _case = caisson_threats::case(28, "proxies of the environment are not used");
    let (port, seen) = server(|_| b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n".to_vec()).await;
    let proxy = format!("http://127.0.0.1:{port}");
    let child = tokio::task::spawn_blocking(move || {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", SAYS_NOTHING]).env_remove("NO_PROXY").env_remove("no_proxy");
        for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
            child.env(name, &proxy).env(name.to_lowercase(), &proxy);
        }
        child.output().unwrap()
    });
    let output = child.await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    assert!(seen.lock().unwrap().is_empty(), "the proxy was used");
}
