use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::response::Redirect;
use axum::routing::get;
use bytes::Bytes;
use caisson_tests::support::{Panel, Publisher};
use reqwest::multipart::{Form, Part};
use serde_json::json;

use super::{digest, package, refused};

/// More than a package may have.
const TOO_MUCH: usize = 41 << 20;

/// A web server with a package, its signature, and ways to other places.
async fn server(package: Bytes, signature: Option<String>, elsewhere: SocketAddr) -> SocketAddr {
    let piece = Bytes::from(vec![0_u8; 1 << 20]);
    let large = move || {
        let piece = piece.clone();
        let pieces = (0..TOO_MUCH >> 20).map(move |_| Ok::<_, std::io::Error>(piece.clone()));
        async move { Body::from_stream(futures::stream::iter(pieces)) }
    };
    let to = |target: String| get(move || async move { Redirect::temporary(&target) });
    let mut routes = Router::new()
        .route("/puppet.caisson", get(move || async move { package.clone() }))
        .route("/large.caisson", get(large))
        .route("/moved.caisson", to("/puppet.caisson".to_owned()))
        .route("/round.caisson", to("/round.caisson".to_owned()))
        .route("/inside.caisson", to(format!("http://{elsewhere}/puppet.caisson")))
        .route("/secure.caisson", to("https://10.0.0.1/puppet.caisson".to_owned()))
        .route("/nowhere.caisson", get(|| async { axum::http::StatusCode::FOUND }))
        .route("/teapot.caisson", get(|| async { axum::http::StatusCode::IM_A_TEAPOT }))
        .route("/binary.caisson", get(|| async { "a package" }))
        .route("/binary.caisson.minisig", get(|| async { [0xff_u8; 4].to_vec() }))
        .route("/metadata.caisson", to("http://169.254.169.254/latest".to_owned()));
    if let Some(signature) = signature {
        routes = routes.route("/puppet.caisson.minisig", get(move || async move { signature.clone() }));
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    address
}

/// Nobody is to connect here.
async fn forbidden() -> (tokio::net::TcpListener, SocketAddr) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

#[tokio::test]
async fn a_package_comes_from_an_address_with_its_signature() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = std::fs::read(package(folder.path(), "1.0.0")).unwrap();
    let alice = Publisher::new("Alice").await.unwrap();
    let signature = alice.sign(&bytes).await.unwrap();
    let (_listener, elsewhere) = forbidden().await;
    let address = server(bytes.clone().into(), Some(signature), elsewhere).await;
    let panel = Panel::builder().allow_private(address).signatures("required").start().await.unwrap();
    let admin = panel.admin().await.unwrap();
    alice.trusted_by(&admin, &["*"]).await.unwrap();

    let url = format!("http://{address}/puppet.caisson");
    let form = Form::new().text("address", url.clone()).text("digest", digest(&bytes));
    let done = admin.api.upload_form("/modules", form).await.unwrap().expect(201).unwrap();
    assert_eq!((&done["signed_by"], &done["already"]), (&json!("Alice"), &json!(false)));
    let said = panel.caisson(&["module", "install", &url, "--digest", &digest(&bytes)]).await.unwrap();
    assert!(said.contains("product/puppet 1.0.0 is installed, signed by Alice"), "{said}");
    let said = panel.caisson(&["module", "install", &url]).await.unwrap_err();
    assert!(format!("{said:#}").contains("an address needs the package's digest"), "{said:#}");

    let mut visitor = panel.signed_in(&admin).await.unwrap();
    visitor.open("/admin/modules").await.unwrap();
    let fields = |url: &str, digest: &str| {
        let text = |value: &str| Part::text(value.to_owned());
        // A form whose file was not chosen sends an empty one.
        vec![
            ("package", Part::bytes(Vec::new()).file_name("")),
            ("address", text(url)),
            ("digest", text(digest)),
        ]
    };
    let wrong = visitor.submit_files("/admin/modules", fields(&url, "sha256:ff")).await.unwrap();
    assert_eq!(wrong.status, 422);
    // What was typed is still there.
    assert!(
        wrong.body.contains(&format!("{address}&#x2f;puppet.caisson"))
            && wrong.body.contains("is no digest; write sha256:"),
        "{}",
        wrong.body
    );
    let moved = format!("http://{address}/moved.caisson");
    let same = visitor.submit_files("/admin/modules", fields(&url, &digest(&bytes))).await.unwrap();
    assert!(same.body.contains("This version is installed already"), "{}", same.body);
    let unsigned = visitor.submit_files("/admin/modules", fields(&moved, &digest(&bytes))).await.unwrap();
    assert!(unsigned.body.contains("the package is not signed"), "{}", unsigned.body);
}

#[tokio::test]
async fn what_does_not_come_as_it_should_stays_out() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = std::fs::read(package(folder.path(), "1.0.0")).unwrap();
    let (listener, elsewhere) = forbidden().await;
    let address = server(bytes.clone().into(), None, elsewhere).await;
    let panel = Panel::builder().allow_private(address).start().await.unwrap();
    let admin = panel.admin().await.unwrap();
    let right = digest(&bytes);

    let other = digest(b"something else");
    let (field, said) = refused(&admin, &format!("http://{address}/puppet.caisson"), Some(&other)).await;
    assert!(field == "digest" && said.contains(&right) && said.contains(&other), "{field}: {said}");
    for (name, expected) in [
        ("large", "sent more than 41943040 bytes, the most that is read of it"),
        ("nowhere", "redirects to nowhere"),
        ("teapot", "answered with status 418 instead of the package"),
        ("gone", "there is nothing at"),
        ("round", "redirects too many times"),
    ] {
        let (field, said) = refused(&admin, &format!("http://{address}/{name}.caisson"), Some(&right)).await;
        assert!(field == "address" && said.contains(expected), "{name}: {field}: {said}");
    }
    let binary = format!("http://{address}/binary.caisson");
    let (_, said) = refused(&admin, &binary, Some(&digest(b"a package"))).await;
    assert!(said.contains("is not a signature: it is not text"), "{said}");
    let _case = caisson_threats::case(26, "a package's address leads into a private network").times(5);
    for (url, expected) in [
        (format!("http://{address}/inside.caisson"), "lies in a private network"),
        (format!("http://{address}/secure.caisson"), "lies in a private network"),
        (format!("http://{address}/metadata.caisson"), "leads to an address without TLS"),
        (format!("http://{elsewhere}/puppet.caisson"), "egress.allow_private"),
        ("https://192.168.1.1/puppet.caisson".to_owned(), "egress.allow_private"),
    ] {
        let (field, said) = refused(&admin, &url, Some(&right)).await;
        assert!(field == "address" && said.contains(expected), "{url}: {field}: {said}");
    }
    let knocked = tokio::time::timeout(std::time::Duration::ZERO, listener.accept()).await;
    assert!(knocked.is_err(), "somebody connected to {elsewhere}");

    let both = Form::new()
        .part("package", Part::bytes(bytes.clone()).file_name("puppet.caisson"))
        .text("address", format!("http://{address}/puppet.caisson"));
    let said = admin.api.upload_form("/modules", both).await.unwrap();
    assert!(said.body.to_string().contains("not both"), "{}", said.body);
    assert_eq!(admin.api.get("/modules").await.unwrap().ok().unwrap(), json!([]));
    let form = Form::new().text("address", format!("http://{address}/moved.caisson")).text("digest", right);
    let done = admin.api.upload_form("/modules", form).await.unwrap().expect(201).unwrap();
    assert!(done["warning"].as_str().unwrap().contains("is not signed"), "{done}");
}
