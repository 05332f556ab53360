//! Reading an answer, decoded and capped as it arrives.

use bytes::BytesMut;
use futures::StreamExt;
use http::header::{CONNECTION, SET_COOKIE, TRANSFER_ENCODING};
use url::Url;

use super::Response;
use super::error::EgressError;

const HEADER_BYTES_MAX: usize = 64 * 1024;

pub(super) async fn read(answer: reqwest::Response, url: &Url, max: u64) -> Result<Response, EgressError> {
    let status = answer.status().as_u16();
    let mut size = 0;
    let mut headers = Vec::new();
    for (name, value) in answer.headers() {
        // Cookies are a browser's; framing was dealt with.
        if [SET_COOKIE, CONNECTION, TRANSFER_ENCODING].contains(name) {
            continue;
        }
        size += name.as_str().len() + value.len();
        if size > HEADER_BYTES_MAX {
            return Err(EgressError::TooLarge(HEADER_BYTES_MAX as u64));
        }
        headers.push((name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    }
    let mut body = BytesMut::new();
    let mut chunks = answer.bytes_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk =
            chunk.map_err(|error| EgressError::from_reqwest(&error, url.host_str().unwrap_or_default()))?;
        if (body.len() + chunk.len()) as u64 > max {
            return Err(EgressError::TooLarge(max));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Response { status, headers, body: body.freeze(), url: url.to_string() })
}
