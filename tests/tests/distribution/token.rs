//! Registries that hand out tokens and keep their layers elsewhere, as the large public ones do.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use bytes::Bytes;
use caisson_tests::support::Panel;
use reqwest::multipart::Form;
use serde_json::{Value, json};

use super::{digest, package, refused};

#[derive(Clone)]
struct Registry {
    itself: SocketAddr,
    storage: SocketAddr,
    package: Bytes,
    /// What each part of it was asked with.
    seen: Arc<Mutex<Vec<(&'static str, String)>>>,
}

impl Registry {
    fn saw(&self, part: &'static str, what: impl Into<String>) {
        self.seen.lock().unwrap().push((part, what.into()));
    }
}

fn authorization(headers: &HeaderMap) -> &str {
    headers.get(header::AUTHORIZATION).map_or("", |value| value.to_str().unwrap())
}

async fn token(
    State(registry): State<Registry>,
    Query(asked): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> axum::Json<Value> {
    registry.saw("token", format!("{} {} {}", asked["service"], asked["scope"], authorization(&headers)));
    axum::Json(json!({ "token": "ticket", "access_token": "ticket", "expires_in": 60 }))
}

async fn manifest(
    State(registry): State<Registry>,
    Path((repository, _)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let realm = match repository.as_str() {
        "plain" => "http://169.254.169.254/token".to_owned(),
        "inside" => "https://10.0.0.1/token".to_owned(),
        "nowhere" => "no address".to_owned(),
        _ => format!("http://{}/token", registry.itself),
    };
    if authorization(&headers) != "Bearer ticket" {
        let challenge =
            format!("Bearer realm=\"{realm}\",service=\"tests\",scope=\"repository:{repository}:pull\"");
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, challenge)]).into_response();
    }
    let empty =
        json!({ "mediaType": "application/vnd.oci.empty.v1+json", "digest": digest(b"{}"), "size": 2 });
    let layer = json!({
        "mediaType": "application/vnd.caisson.package.v1.tar+zstd", "digest": digest(&registry.package),
        "size": if repository == "huge" { 1 << 30 } else { registry.package.len() },
    });
    let layers = if repository == "twice" { json!([layer, layer]) } else { json!([layer]) };
    axum::Json(json!({
        "schemaVersion": 2, "artifactType": "application/vnd.caisson.module.v1", "config": empty, "layers": layers,
    }))
    .into_response()
}

async fn blob(State(registry): State<Registry>, headers: HeaderMap) -> Redirect {
    registry.saw("blob", authorization(&headers));
    Redirect::temporary(&format!("http://{}/layer", registry.storage))
}

async fn layer(State(registry): State<Registry>, headers: HeaderMap) -> Bytes {
    registry.saw("storage", authorization(&headers));
    registry.package.clone()
}

async fn start(package: Bytes) -> Registry {
    let bind = || tokio::net::TcpListener::bind("127.0.0.1:0");
    let (front, back) = (bind().await.unwrap(), bind().await.unwrap());
    let (itself, storage) = (front.local_addr().unwrap(), back.local_addr().unwrap());
    let registry = Registry { itself, storage, package, seen: Arc::default() };
    let routes = Router::new()
        .route("/token", get(token))
        .route("/v2/{repository}/manifests/{tag}", get(manifest))
        .route("/v2/{repository}/blobs/{digest}", get(blob));
    let front_routes = routes.with_state(registry.clone());
    let back_routes = Router::new().route("/layer", get(layer)).with_state(registry.clone());
    tokio::spawn(async move { axum::serve(front, front_routes).await.unwrap() });
    tokio::spawn(async move { axum::serve(back, back_routes).await.unwrap() });
    registry
}

#[tokio::test]
async fn a_token_goes_to_the_registry_and_no_further() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = std::fs::read(package(folder.path(), "1.0.0")).unwrap();
    let registry = start(bytes.into()).await;
    let panel = Panel::builder()
        .allow_private(registry.itself)
        .allow_private(registry.storage)
        .start()
        .await
        .unwrap();
    let admin = panel.admin().await.unwrap();
    let at = |repository: &str| format!("oci://{}/{repository}:1", registry.itself);

    let _case =
        caisson_threats::case(26, "a registry leads to other places with a token or for one").times(3);
    for (repository, expected) in [
        ("plain", "leads to an address without TLS"),
        ("inside", "10.0.0.1 lies in a private network"),
        ("nowhere", "does not let strangers read nowhere"),
        ("huge", "sent more than 41943040 bytes"),
        ("twice", "has not exactly one layer of type"),
    ] {
        let (field, said) = refused(&admin, &at(repository), None).await;
        assert!(field == "address" && said.contains(expected), "{repository}: {said}");
    }
    registry.seen.lock().unwrap().clear();
    let form = Form::new().text("address", at("puppet"));
    admin.api.upload_form("/modules", form).await.unwrap().expect(201).unwrap();
    let seen = registry.seen.lock().unwrap().clone();
    let expected = [("token", "tests repository:puppet:pull "), ("blob", "Bearer ticket"), ("storage", "")];
    assert_eq!(seen, expected.map(|(part, what)| (part, what.to_owned())));
}
