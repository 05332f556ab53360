//! Between `wasi:http`'s words and the policy's.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::{Bytes, BytesMut};
use caisson_types::manifest::Method;
use futures::{StreamExt, TryStreamExt};
use http::header::{ACCEPT_ENCODING, CONTENT_LENGTH, HOST};
use http_body::Frame;
use http_body_util::{BodyDataStream, BodyExt, Empty, StreamBody};

use tokio::sync::mpsc;
use wasmtime_wasi::runtime::{AbortOnDropJoinHandle, spawn};
use wasmtime_wasi_http::p2::bindings::http::types::{ErrorCode, Method as WasiMethod, Scheme};
use wasmtime_wasi_http::p2::body::{HyperIncomingBody, HyperOutgoingBody};
use wasmtime_wasi_http::p2::types::HostOutgoingRequest;
use wasmtime_wasi_http::{Error, FieldMap};

use super::exchange::Exchange;
use crate::http::egress::{self, EgressError, Payload, Reader};

/// A body up to here is gathered before it is sent, and goes out with its length: many servers take no chunks.
const GATHERED: usize = 64 * 1024;

/// How far an answer is read ahead: so many pieces of so many bytes.
const AHEAD: usize = 4;
const PIECE: usize = 16 * 1024;

/// A request in the policy's words.
pub(super) struct Converted {
    pub(super) method: Method,
    pub(super) url: String,
    pub(super) headers: Vec<(String, String)>,
    /// What the guest said of its body's length.
    pub(super) length: Option<u64>,
    pub(super) body: HyperOutgoingBody,
}

/// A request that is none.
#[derive(Debug)]
pub(super) struct Unsendable {
    pub(super) code: ErrorCode,
    /// For the trace.
    pub(super) why: String,
}

fn unsendable<T>(code: ErrorCode, why: impl Into<String>) -> Result<T, Unsendable> {
    Err(Unsendable { code, why: why.into() })
}

pub(super) fn convert(request: HostOutgoingRequest) -> Result<Converted, Unsendable> {
    let method = match request.method {
        WasiMethod::Get => Method::Get,
        WasiMethod::Head => Method::Head,
        WasiMethod::Post => Method::Post,
        WasiMethod::Put => Method::Put,
        WasiMethod::Patch => Method::Patch,
        WasiMethod::Delete => Method::Delete,
        _ => return unsendable(ErrorCode::HttpRequestMethodInvalid, "the method is one that is not sent"),
    };
    let scheme = match &request.scheme {
        Some(Scheme::Http) => "http",
        Some(Scheme::Https) | None => "https",
        Some(Scheme::Other(other)) => other,
    };
    let path = request.path_with_query.as_deref().unwrap_or_default();
    let authority = request.authority.as_deref().unwrap_or_default();
    // Joined, they are read by the one parser; none of them may reach into another's place.
    let joins =
        (path.is_empty() || path.starts_with(['/', '?'])) && !authority.contains(['/', '?', '#', '\\']);
    let url = format!("{scheme}://{authority}{path}");
    if let Err(error) = egress::check_url(&url) {
        return unsendable(ErrorCode::HttpRequestUriInvalid, error.to_string());
    }
    if !joins {
        let why = "the authority or the path has what belongs into the other";
        return unsendable(ErrorCode::HttpRequestUriInvalid, why);
    }
    Ok(Converted {
        method,
        url,
        length: length(&request.headers)?,
        headers: headers(&request.headers)?,
        body: request.body.unwrap_or_else(|| Empty::new().map_err(|never| match never {}).boxed_unsync()),
    })
}

fn length(headers: &FieldMap) -> Result<Option<u64>, Unsendable> {
    let mut lengths = headers.get_all(CONTENT_LENGTH).iter();
    let Some(length) = lengths.next() else { return Ok(None) };
    let digits = length.to_str().unwrap_or_default();
    let sound = lengths.next().is_none() && digits.bytes().all(|digit| digit.is_ascii_digit());
    match digits.parse() {
        Ok(length) if sound => Ok(Some(length)),
        _ => unsendable(ErrorCode::HttpRequestBodySize(None), "the header content-length is not one number"),
    }
}

/// Without what the host says itself; what no guest may say is refused by the policy.
fn headers(headers: &FieldMap) -> Result<Vec<(String, String)>, Unsendable> {
    let given = headers.iter().filter(|(name, _)| ![HOST, CONTENT_LENGTH, ACCEPT_ENCODING].contains(name));
    given
        .map(|(name, value)| match value.to_str() {
            Ok(value) => Ok((name.as_str().to_owned(), value.to_owned())),
            Err(_) => {
                let why = format!("the header {name} has characters that are not sent");
                unsendable(ErrorCode::HttpRequestHeaderSize(None), why)
            }
        })
        .collect()
}

/// A request's body: whole where it is small and ends soon, a stream otherwise. `over` is set where it passes `cap`.
pub(super) async fn payload(
    body: HyperOutgoingBody,
    length: Option<u64>,
    cap: u64,
    over: Arc<AtomicBool>,
) -> Result<Payload, Error> {
    let too_large = move || Error::HttpRequestBodySize(Some(cap));
    if length.is_some_and(|length| length > cap) {
        return Err(too_large());
    }
    let mut chunks = BodyDataStream::new(body);
    let mut head = BytesMut::new();
    while let Some(chunk) = chunks.try_next().await? {
        head.extend_from_slice(&chunk);
        if head.len() as u64 > cap {
            return Err(too_large());
        }
        if head.len() > GATHERED {
            let mut sent = 0;
            let head = futures::stream::iter([Ok(head.freeze())]);
            let all = head.chain(chunks).map(move |chunk: Result<Bytes, Error>| {
                let chunk = chunk?;
                sent += chunk.len() as u64;
                if sent > cap {
                    over.store(true, Ordering::Relaxed);
                    return Err(too_large().into());
                }
                Ok(chunk)
            });
            return Ok(Payload::Stream { chunks: all.boxed(), length });
        }
    }
    match length {
        Some(length) if length != head.len() as u64 => {
            Err(Error::HttpRequestBodySize(Some(head.len() as u64)))
        }
        _ => Ok(Payload::Whole(head.freeze())),
    }
}

/// An answer's body, and what reads it ahead of the guest by a little: a small answer gives its turn back before anybody looks at it,
/// so that a guest may send many requests and then read what came.
pub(super) fn incoming(
    mut reader: Reader,
    exchange: Exchange,
) -> (HyperIncomingBody, AbortOnDropJoinHandle<()>) {
    let (sender, receiver) = mpsc::channel(AHEAD);
    let worker = spawn(async move {
        loop {
            let read = reader.next().await.map_err(|error| {
                exchange.failed(error.to_string());
                error_code(&error)
            });
            let Ok(Some(mut piece)) = read else {
                drop(reader);
                sender.send(read).await.ok();
                return;
            };
            while !piece.is_empty() {
                let some = piece.split_to(piece.len().min(PIECE));
                if sender.send(Ok(Some(some))).await.is_err() {
                    return;
                }
            }
        }
    });
    let pieces = futures::stream::try_unfold(receiver, |mut receiver| async move {
        // Without its end, it is no whole answer.
        let piece = receiver.recv().await.unwrap_or(Err(Error::HttpResponseIncomplete))?;
        Ok(piece.map(|piece| (Frame::data(piece), receiver)))
    });
    (StreamBody::new(pieces).boxed_unsync(), worker)
}

/// The typed error of a refusal or a failure.
pub(super) fn error_code(error: &EgressError) -> Error {
    match error {
        EgressError::Denied { .. } => Error::HttpRequestDenied,
        EgressError::Resolve(reason) => Error::DnsError { rcode: Some(reason.clone()), info_code: None },
        EgressError::Connect(_) => Error::ConnectionRefused,
        EgressError::Tls(_) => Error::TlsCertificateError,
        EgressError::Timeout => Error::HttpResponseTimeout,
        EgressError::TooLarge(cap) => Error::HttpResponseBodySize(Some(*cap)),
        EgressError::Other(_) => Error::HttpResponseIncomplete,
        EgressError::Invalid(reason) | EgressError::Budget(reason) => {
            Error::InternalError(Some(reason.clone()))
        }
    }
}
