use super::backend::Cache;
use crate::CallState;
use crate::bindings::caisson::module::cache::{Error, Host};
use crate::guard::granted;
use crate::log::clip;

/// Bytes of a key on the trace: a key that is refused for its length is cut.
const DETAIL_MAX: usize = 255;

/// Runs one function of the cache over the call's connection.
macro_rules! cached {
    ($state:ident, $function:ident($($argument:expr),*)) => {{
        let (_, behind, session) = $state.acting();
        let mut held = None;
        match session.conn(&mut held).await {
            Ok(conn) => Cache { conn, module: &behind.module }.$function($($argument),*).await,
            Err(error) => Err(error.into()),
        }
    }};
}

impl Host for CallState {
    async fn get(&mut self, key: String) -> wasmtime::Result<Result<Option<String>, Error>> {
        granted!(self, cache, "cache.get", detail(&key), cached!(self, get(&key)))
    }

    async fn set(
        &mut self,
        key: String,
        value: String,
        ttl_s: u32,
        tags: Vec<String>,
    ) -> wasmtime::Result<Result<(), Error>> {
        granted!(self, cache, "cache.set", detail(&key), cached!(self, set(&key, &value, ttl_s, &tags)))
    }

    async fn add(&mut self, key: String, value: String, ttl_s: u32) -> wasmtime::Result<Result<bool, Error>> {
        granted!(self, cache, "cache.add", detail(&key), cached!(self, add(&key, &value, ttl_s)))
    }

    async fn increment(&mut self, key: String, by: i64, ttl_s: u32) -> wasmtime::Result<Result<i64, Error>> {
        granted!(self, cache, "cache.increment", detail(&key), cached!(self, increment(&key, by, ttl_s)))
    }

    async fn forget(&mut self, key: String) -> wasmtime::Result<Result<(), Error>> {
        granted!(self, cache, "cache.forget", detail(&key), cached!(self, forget(&key)))
    }

    async fn flush(&mut self, tag: String) -> wasmtime::Result<Result<(), Error>> {
        granted!(self, cache, "cache.flush", detail(&tag), cached!(self, flush(&tag)))
    }
}

fn detail(key: &str) -> Option<String> {
    Some(clip(key, DETAIL_MAX).to_owned())
}
