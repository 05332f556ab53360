//! Recorded calls as OpenTelemetry spans, sent to a collector over HTTP: the call, and each of its host calls below it.
//!
//! The spans are made from what the inspector stored, secrets taken out. The queue is bounded, and nothing ever waits for the
//! collector: where it is slow or away, calls go unsent and are counted.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use caisson_sandbox::Watch;
use caisson_storage::calls::Call;
use caisson_storage::module_log::Entry;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue, any_value};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status};
use prost::Message as _;
use tokio::sync::{mpsc, oneshot};
use url::Url;

/// Calls that wait to be sent.
const QUEUE: usize = 1_024;
/// Calls of one request to the collector.
const BATCH: usize = 64;
const TIMEOUT: Duration = Duration::from_secs(10);

enum Item {
    Call(Vec<Span>),
    Flush(oneshot::Sender<()>),
}

/// Sends calls to a collector.
pub(crate) struct Exporter {
    queue: mpsc::Sender<Item>,
}

impl Exporter {
    /// # Errors
    /// Where the endpoint is no address to send to.
    pub(crate) fn start(endpoint: &str) -> anyhow::Result<Self> {
        let url = traces_url(endpoint).with_context(|| {
            format!("telemetry.otlp_endpoint: '{endpoint}' is no http or https address such as http://127.0.0.1:4318")
        })?;
        let client = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .context("no client for the collector could be made")?;
        let (queue, items) = mpsc::channel(QUEUE);
        tokio::spawn(send_all(client, url, items));
        Ok(Self { queue })
    }

    /// Waits until everything so far was sent, or could not be.
    pub(crate) async fn flush(&self) {
        let (done, wait) = oneshot::channel();
        let flushed = async {
            if self.queue.send(Item::Flush(done)).await.is_ok() {
                wait.await.ok();
            }
        };
        tokio::time::timeout(TIMEOUT, flushed).await.ok();
    }
}

impl Watch for Exporter {
    fn recorded(&self, call: &Call, _log: &[Entry]) {
        if self.queue.try_send(Item::Call(spans(call))).is_err() {
            metrics::counter!("caisson_telemetry_dropped_total").increment(1);
        }
    }
}

/// A collector's base address stands for its path for traces.
fn traces_url(endpoint: &str) -> Option<Url> {
    let url = Url::parse(endpoint).ok();
    let mut url = url.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())?;
    if url.path() == "/" {
        url.set_path("/v1/traces");
    }
    Some(url)
}

async fn send_all(client: reqwest::Client, url: Url, mut items: mpsc::Receiver<Item>) {
    let mut batch = Vec::with_capacity(BATCH);
    let mut reachable = true;
    while items.recv_many(&mut batch, BATCH).await > 0 {
        let (mut spans, mut calls, mut waiting) = (Vec::new(), 0, Vec::new());
        for item in batch.drain(..) {
            match item {
                Item::Call(more) => {
                    calls += 1;
                    spans.extend(more);
                }
                Item::Flush(done) => waiting.push(done),
            }
        }
        if calls > 0 {
            let sent = send(&client, &url, spans).await;
            match &sent {
                // Once, and not for every batch of an outage.
                Err(error) if reachable => {
                    tracing::warn!(
                        error = format!("{error:#}"),
                        "the collector did not take spans; what cannot be sent is dropped"
                    );
                }
                Ok(()) if !reachable => tracing::info!("the collector takes spans again"),
                _ => {}
            }
            reachable = sent.is_ok();
            let outcome =
                if reachable { "caisson_telemetry_sent_total" } else { "caisson_telemetry_dropped_total" };
            metrics::counter!(outcome).increment(calls);
        }
        for done in waiting {
            done.send(()).ok();
        }
    }
}

async fn send(client: &reqwest::Client, url: &Url, spans: Vec<Span>) -> anyhow::Result<()> {
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let scope =
        InstrumentationScope { name: "caisson".to_owned(), version: version.clone(), ..Default::default() };
    let resource = Resource {
        attributes: vec![text("service.name", "caisson"), text("service.version", &version)],
        ..Default::default()
    };
    let request = ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans {
            resource: Some(resource),
            scope_spans: vec![ScopeSpans { scope: Some(scope), spans, ..Default::default() }],
            ..Default::default()
        }],
    };
    let answer = client
        .post(url.clone())
        .header("content-type", "application/x-protobuf")
        .body(request.encode_to_vec())
        .send()
        .await
        .map_err(reqwest::Error::without_url)?;
    ensure!(answer.status().is_success(), "it answered {}", answer.status());
    Ok(())
}

/// A call as a span, then its host calls. All calls of one request, or of one task, share a trace.
fn spans(call: &Call) -> Vec<Span> {
    let trace = call.request_id.or(call.task_id.map(|id| id.0)).unwrap_or(call.id.0);
    let trace_id = trace.as_bytes().to_vec();
    // The random half of the id, and what follows it.
    let (_, number) = call.id.0.as_u64_pair();
    let span_id = |place: u64| number.wrapping_add(place).to_be_bytes().to_vec();
    let began = u64::try_from(call.at.0).unwrap_or_default().saturating_mul(1_000_000);
    let at = |us: u64| began.saturating_add(us.saturating_mul(1_000));
    let mut attributes = vec![
        text("caisson.module", &call.module.to_string()),
        text("caisson.version.id", &call.version.to_string()),
        text("caisson.call.id", &call.id.to_string()),
        text("caisson.outcome", &call.outcome),
        number_of("caisson.cpu_us", call.cpu_us),
        number_of("caisson.memory_bytes", call.memory_bytes),
        number_of("caisson.bytes_out", call.bytes_out),
        number_of("caisson.bytes_in", call.bytes_in),
        number_of("caisson.host_calls", call.host_call_count),
        number_of("caisson.host_calls.denied", call.denied),
    ];
    let ids = [
        ("caisson.request.id", call.request_id.map(|id| id.to_string())),
        ("caisson.task.id", call.task_id.map(|id| id.to_string())),
        ("caisson.service.id", call.service_id.map(|id| id.to_string())),
    ];
    attributes.extend(ids.iter().filter_map(|(key, id)| Some(text(key, id.as_ref()?))));
    let mut all = vec![Span {
        trace_id: trace_id.clone(),
        span_id: span_id(0),
        name: call.export.clone(),
        kind: SpanKind::Server.into(),
        start_time_unix_nano: began,
        end_time_unix_nano: at(call.wall_us),
        attributes,
        status: Some(status(call.outcome == "ok", call.message.as_deref())),
        ..Default::default()
    }];
    for (place, step) in (1..).zip(call.host_calls.as_array().into_iter().flatten()) {
        let (word, micros) =
            (|key: &str| step[key].as_str(), |key: &str| step[key].as_u64().unwrap_or_default());
        let outcome = word("outcome").unwrap_or_default();
        let name = word("name").unwrap_or_default();
        let mut attributes = vec![text("caisson.outcome", outcome)];
        attributes.extend(word("detail").map(|detail| text("caisson.detail", detail)));
        attributes.extend(step["times"].as_u64().map(|times| number_of("caisson.times", times)));
        let leaves = ["http.", "wasi:http.", "mail.", "probe."].iter().any(|start| name.starts_with(start));
        all.push(Span {
            trace_id: trace_id.clone(),
            span_id: span_id(place),
            parent_span_id: span_id(0),
            name: name.to_owned(),
            kind: if leaves { SpanKind::Client } else { SpanKind::Internal }.into(),
            start_time_unix_nano: at(micros("at_us")),
            end_time_unix_nano: at(micros("at_us") + micros("took_us")),
            attributes,
            status: Some(status(outcome == "ok", word("detail"))),
            ..Default::default()
        });
    }
    all
}

fn status(ok: bool, message: Option<&str>) -> Status {
    if ok {
        return Status { code: StatusCode::Unset.into(), message: String::new() };
    }
    Status { code: StatusCode::Error.into(), message: message.unwrap_or_default().to_owned() }
}

fn text(key: &str, value: &str) -> KeyValue {
    attribute(key, any_value::Value::StringValue(value.to_owned()))
}

fn number_of(key: &str, value: u64) -> KeyValue {
    attribute(key, any_value::Value::IntValue(i64::try_from(value).unwrap_or(i64::MAX)))
}

fn attribute(key: &str, value: any_value::Value) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(AnyValue { value: Some(value) }), ..Default::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_an_http_address() {
        let url = |text: &str| traces_url(text).map(String::from);
        assert_eq!(url("http://127.0.0.1:4318").as_deref(), Some("http://127.0.0.1:4318/v1/traces"));
        assert_eq!(url("https://c.example/otlp/x").as_deref(), Some("https://c.example/otlp/x"));
        for wrong in ["", "127.0.0.1:4318", "grpc://c.example", "file:///x"] {
            assert_eq!(url(wrong), None, "{wrong}");
        }
    }
}
