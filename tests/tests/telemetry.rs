//! Calls as OpenTelemetry spans, at a collector that reads them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use caisson_tests::support::{Panel, Puppet, until};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use prost::Message as _;
use serde_json::{Value, json};

const SOON: Duration = Duration::from_secs(40);
const CANARY: &str = "c4n4ry-0f-the-m1ne";

#[derive(Clone, Default)]
struct Collector {
    spans: Arc<Mutex<Vec<Span>>>,
    refuses: Arc<Mutex<bool>>,
}

impl Collector {
    async fn listen(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let collector = self.clone();
        let take = async move |headers: HeaderMap, body: Bytes| {
            assert_eq!(headers["content-type"], "application/x-protobuf");
            if *collector.refuses.lock().unwrap() {
                return StatusCode::SERVICE_UNAVAILABLE;
            }
            let request = ExportTraceServiceRequest::decode(body).unwrap();
            for of_resource in request.resource_spans {
                assert!(of_resource.resource.unwrap().attributes.iter().any(|one| one.key == "service.name"));
                let spans = of_resource.scope_spans.into_iter().flat_map(|scope| scope.spans);
                collector.spans.lock().unwrap().extend(spans);
            }
            StatusCode::OK
        };
        let router = Router::new().route("/v1/traces", post(take));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        format!("http://{address}")
    }

    /// A call whose status message has the words, with what is below it.
    async fn call(&self, words: &str) -> (Span, Vec<Span>) {
        until(SOON, &format!("a span '{words}'"), async || {
            let spans = self.spans.lock().unwrap().clone();
            let said =
                |span: &Span| span.status.as_ref().is_some_and(|status| status.message.contains(words));
            let call = spans.iter().find(|span| span.parent_span_id.is_empty() && said(span))?.clone();
            let below = spans.into_iter().filter(|span| span.parent_span_id == call.span_id).collect();
            Some((call, below))
        })
        .await
        .unwrap()
    }
}

#[tokio::test]
async fn calls_are_spans_and_host_calls_below_them() {
    let collector = Collector::default();
    let panel = Panel::builder().telemetry(collector.listen().await).start().await.unwrap();
    let admin = panel.admin().await.unwrap();
    let puppet = Puppet::install(&admin, "puppet", &["tasks"]).await.unwrap();
    let settings = json!({ "script": "[]", "key": CANARY });
    admin.api.put(&puppet.path("settings"), &settings).await.unwrap().expect(204).unwrap();
    let steps = json!([
        { "op": "db.count" },
        { "op": "try", "do": { "op": "tasks.add", "do": [] } },
        { "op": "fail", "message": format!("first {CANARY}") },
    ]);
    let script = json!({ "script": steps.to_string() });
    let reply = admin.api.post(&puppet.path("test-connection"), &script).await.unwrap();
    let request = reply.headers["x-request-id"].to_str().unwrap().replace('-', "");
    reply.expect(422).unwrap();

    let (call, below) = collector.call("first ***").await;
    assert_eq!(call.name, "settings.test-connection");
    assert_eq!(hex::encode(&call.trace_id), request);
    assert_eq!((call.trace_id.len(), call.span_id.len(), call.kind), (16, 8, i32::from(SpanKind::Server)));
    assert_eq!(call.status.as_ref().unwrap().code, 2);
    let names: Vec<&str> = below.iter().map(|span| span.name.as_str()).collect();
    assert_eq!(names, ["database.select", "tasks.add"]);
    assert_eq!(below[1].status.as_ref().unwrap().message, "tasks");
    for span in &below {
        assert_eq!(span.trace_id, call.trace_id);
        assert!(call.start_time_unix_nano <= span.start_time_unix_nano, "{span:?}");
        assert!(span.start_time_unix_nano <= span.end_time_unix_nano, "{span:?}");
        assert!(span.end_time_unix_nano <= call.end_time_unix_nano + 1_000_000, "{span:?}");
    }
    assert!(call.attributes.iter().any(|one| one.key == "caisson.module"));
    let everything = format!("{:?}", collector.spans.lock().unwrap());
    assert!(!everything.contains(CANARY));

    // A collector that is away costs spans, and nothing else.
    *collector.refuses.lock().unwrap() = true;
    puppet.play(json!([{ "op": "fail", "message": "lost" }])).await.unwrap_err();
    let metrics = format!("{}/metrics", panel.url());
    until(SOON, "the loss to be counted", async || {
        let metrics = reqwest::get(&metrics).await.ok()?.text().await.ok()?;
        metrics.contains("caisson_telemetry_dropped_total").then_some(())
    })
    .await
    .unwrap();
    *collector.refuses.lock().unwrap() = false;
    puppet.play(json!([{ "op": "fail", "message": "second" }])).await.unwrap_err();
    collector.call("second").await;
    let kept: Value =
        admin.api.get(&puppet.path("calls?outcome=problem")).await.unwrap().expect(200).unwrap();
    assert_eq!(kept.as_array().unwrap().len(), 3);
}
