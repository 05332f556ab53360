//! A connection that hears only so much.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// All that a server may say in one session. Replies to fifty recipients are some kilobytes.
pub(super) const HEARD_MAX: usize = 128 * 1024;

/// What stands in the I/O error once a server has said too much.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the server said more than {HEARD_MAX} bytes")]
pub(super) struct TooTalkative;

/// A stream whose reads are counted. What `heard` holds is read first: the greeting, which STARTTLS took off the connection.
pub(super) struct Wire<S> {
    stream: S,
    heard: Vec<u8>,
    left: usize,
}

impl<S> Wire<S> {
    pub(super) fn new(stream: S, heard: Vec<u8>) -> Self {
        Self { stream, heard, left: HEARD_MAX }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.heard.is_empty() {
            let taken = self.heard.len().min(buffer.remaining());
            buffer.put_slice(&self.heard[..taken]);
            self.heard.drain(..taken);
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        match self.left.checked_sub(buffer.filled().len() - before) {
            Some(left) => self.left = left,
            None => return Poll::Ready(Err(io::Error::other(TooTalkative))),
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl<S> fmt::Debug for Wire<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire").field("left", &self.left).finish_non_exhaustive()
    }
}

impl<S: AsyncRead + AsyncWrite + Send + Sync + Unpin> AsyncTokioStream for Wire<S> {
    /// Asked for by nobody; an address is not this type's to know.
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok((Ipv4Addr::UNSPECIFIED, 0).into())
    }
}
