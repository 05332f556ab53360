//! The end of a task may be what another one waits for: a free slot, or the service they share.

use std::task::{Context, Poll};

use futures::FutureExt as _;
use futures::future::BoxFuture;
use tower::{Layer, Service};

use crate::tasks::TaskSignal;

/// Makes the store look at the table whenever a task has ended.
#[derive(Clone, Debug)]
pub struct WakeLayer(TaskSignal);

impl WakeLayer {
    pub(super) fn new(signal: TaskSignal) -> Self {
        Self(signal)
    }
}

impl<S> Layer<S> for WakeLayer {
    type Service = Wake<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Wake { inner, signal: self.0.clone() }
    }
}

/// What [`WakeLayer`] makes.
#[derive(Clone, Debug)]
pub struct Wake<S> {
    inner: S,
    signal: TaskSignal,
}

impl<S, R> Service<R> for Wake<S>
where
    S: Service<R>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<S::Response, S::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let signal = self.signal.clone();
        self.inner
            .call(request)
            .map(move |ended| {
                signal.notify();
                ended
            })
            .boxed()
    }
}
