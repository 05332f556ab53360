//! Reading an answer piece by piece: decoded here, so that the caps and the deadline hold while it arrives.

use std::fmt;
use std::io::{self, Write};
use std::mem;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use flate2::write::MultiGzDecoder;
use futures::StreamExt;
use futures::stream::BoxStream;
use http::HeaderMap;
use http::header::{CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, SET_COOKIE, TRANSFER_ENCODING};
use tokio::sync::OwnedSemaphorePermit;

use super::Answer;
use super::error::EgressError;
use super::journal::Entry;
use super::ledger::Ledger;
use super::target::Target;

const HEADER_BYTES_MAX: usize = 64 * 1024;

/// How much of the wire is decoded at a time. Gzip makes at most a thousand times as much of it.
const GZIP_PIECE: usize = 512;

/// What an answer's body may cost.
pub(super) struct Limits {
    /// On the wire, and decoded.
    pub(super) bytes: u64,
    pub(super) between_bytes: Duration,
    pub(super) deadline: Instant,
}

impl Answer {
    pub(super) fn new(
        answer: reqwest::Response,
        target: &Target,
        limits: Limits,
        turn: OwnedSemaphorePermit,
        ledger: Ledger,
        entry: Entry,
    ) -> Result<Self, EgressError> {
        let mut headers = answer.headers().clone();
        let size: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
        ledger.received(size as u64);
        if size > HEADER_BYTES_MAX {
            let error = EgressError::TooLarge(HEADER_BYTES_MAX as u64);
            entry.failed(&error);
            return Err(error);
        }
        // Cookies are a browser's; framing was dealt with.
        for name in [SET_COOKIE, CONNECTION, TRANSFER_ENCODING] {
            headers.remove(name);
        }
        let gzip = is_gzip(&headers).then(|| {
            headers.remove(CONTENT_ENCODING);
            headers.remove(CONTENT_LENGTH);
            MultiGzDecoder::new(Vec::new())
        });
        let status = answer.status().as_u16();
        let body = Reader {
            wire: answer.bytes_stream().boxed(),
            pending: Bytes::new(),
            gzip,
            limits,
            wire_bytes: 0,
            bytes: 0,
            host: target.host().to_owned(),
            ended: false,
            ledger,
            entry,
            _turn: turn,
        };
        Ok(Self { status, headers, body, url: target.url.to_string() })
    }
}

fn is_gzip(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(CONTENT_ENCODING).iter();
    let only = codings.next().and_then(|coding| coding.to_str().ok()).map(str::trim);
    codings.next().is_none()
        && only.is_some_and(|coding| {
            coding.eq_ignore_ascii_case("gzip") || coding.eq_ignore_ascii_case("x-gzip")
        })
}

/// The body of an answer. Holds its module's turn.
pub struct Reader {
    wire: BoxStream<'static, reqwest::Result<Bytes>>,
    /// Arrived, and not decoded yet.
    pending: Bytes,
    gzip: Option<MultiGzDecoder<Vec<u8>>>,
    limits: Limits,
    wire_bytes: u64,
    bytes: u64,
    host: String,
    ended: bool,
    ledger: Ledger,
    entry: Entry,
    _turn: OwnedSemaphorePermit,
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader").field("host", &self.host).field("bytes", &self.bytes).finish_non_exhaustive()
    }
}

impl Reader {
    /// The next piece, decoded and never empty; none when all was read.
    ///
    /// # Errors
    /// Where it broke off, took too long, or passed the cap.
    pub async fn next(&mut self) -> Result<Option<Bytes>, EgressError> {
        let read = self.read().await;
        match &read {
            Ok(Some(piece)) => self.entry.heard(piece),
            Ok(None) => {}
            Err(error) => self.entry.failed(error),
        }
        read
    }

    async fn read(&mut self) -> Result<Option<Bytes>, EgressError> {
        loop {
            if self.pending.is_empty() && !self.ended {
                self.pending = self.receive().await?;
            }
            let piece = match &mut self.gzip {
                None => mem::take(&mut self.pending),
                Some(_) if self.ended && self.wire_bytes == 0 => Bytes::new(),
                Some(gzip) => {
                    let some = self.pending.split_to(self.pending.len().min(GZIP_PIECE));
                    decode(gzip, &some, self.ended).map_err(|error| self.unreadable(&error))?
                }
            };
            self.bytes += piece.len() as u64;
            if self.bytes > self.limits.bytes {
                return Err(EgressError::TooLarge(self.limits.bytes));
            }
            match piece.is_empty() {
                false => return Ok(Some(piece)),
                true if self.ended => return Ok(None),
                true => {}
            }
        }
    }

    /// All of it.
    ///
    /// # Errors
    /// As [`Reader::next`].
    pub async fn collect(mut self) -> Result<Bytes, EgressError> {
        let mut body = BytesMut::new();
        while let Some(piece) = self.next().await? {
            body.extend_from_slice(&piece);
        }
        Ok(body.freeze())
    }

    /// What comes from the wire; nothing when it ended.
    async fn receive(&mut self) -> Result<Bytes, EgressError> {
        let left = self.limits.deadline.saturating_duration_since(Instant::now());
        // A sender that always has more never lets a timer fire.
        if left.is_zero() {
            return Err(EgressError::Timeout);
        }
        let within = left.min(self.limits.between_bytes);
        match tokio::time::timeout(within, self.wire.next()).await.map_err(|_| EgressError::Timeout)? {
            None => {
                self.ended = true;
                Ok(Bytes::new())
            }
            Some(Err(error)) => Err(EgressError::from_reqwest(&error, &self.host)),
            Some(Ok(bytes)) => {
                self.wire_bytes += bytes.len() as u64;
                self.ledger.received(bytes.len() as u64);
                // Decoded, it may be nothing at all: empty blocks without end.
                if self.wire_bytes > self.limits.bytes {
                    return Err(EgressError::TooLarge(self.limits.bytes));
                }
                Ok(bytes)
            }
        }
    }

    fn unreadable(&self, error: &io::Error) -> EgressError {
        tracing::debug!(host = self.host, %error, "an answer could not be decoded");
        EgressError::Other(format!("{} sent gzip that cannot be read, or broke it off", self.host))
    }
}

fn decode(gzip: &mut MultiGzDecoder<Vec<u8>>, some: &[u8], ended: bool) -> io::Result<Bytes> {
    if ended {
        // Asked again once everything was handed out.
        gzip.try_finish()?;
    } else {
        gzip.write_all(some)?;
        gzip.flush()?;
    }
    Ok(mem::take(gzip.get_mut()).into())
}
