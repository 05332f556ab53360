//! Headless Chromium, and what it accepts on loopback without TLS.

use axum::Router;
use axum::http::{HeaderMap, header};
use axum::response::Html;
use axum::routing::get;
use caisson_tests::support::Browser;
use thirtyfour::By;

const COOKIE: &str = "__Host-session=1; Path=/; Secure; HttpOnly; SameSite=Lax";

/// A page that says which cookies came, sets one, and has a script that its policy refuses.
async fn serve() -> String {
    let page = get(async |headers: HeaderMap| {
        let cookies = headers.get(header::COOKIE).and_then(|value| value.to_str().ok()).unwrap_or("none");
        let body = format!(
            "<!doctype html><title>Page</title><meta name=viewport content='width=device-width'>\
             <p id=c>{cookies}</p><script>document.title='X'</script>"
        );
        ([("set-cookie", COOKIE), ("content-security-policy", "script-src 'self'")], Html(body))
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/", page)).await });
    url
}

#[tokio::test]
async fn host_cookies_work_on_loopback() {
    let url = serve().await;
    let browser = Browser::start().await.unwrap();
    browser.goto(&url).await.unwrap();
    assert_eq!(browser.find(By::Id("c")).await.unwrap().text().await.unwrap(), "none");
    browser.goto(&url).await.unwrap();
    assert_eq!(browser.find(By::Id("c")).await.unwrap().text().await.unwrap(), "__Host-session=1");

    assert_eq!(browser.title().await.unwrap(), "Page", "the inline script was refused");
    let console = browser.console().await.unwrap();
    assert!(console.iter().any(|line| line.contains("Content Security Policy")), "{console:?}");

    browser.resize(390, 844).await.unwrap();
    browser.prefer_dark(true).await.unwrap();
    let dark = "return [innerWidth, matchMedia('(prefers-color-scheme: dark)').matches]";
    let seen = browser.execute(dark, Vec::new()).await.unwrap();
    assert_eq!(seen.json(), &serde_json::json!([390, true]));
    let shot = browser.save_screenshot("support-browser").await.unwrap();
    assert!(std::fs::metadata(shot).unwrap().len() > 500);
    browser.quit().await.unwrap();
}
