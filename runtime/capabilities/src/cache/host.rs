use super::backend::Cache;
use crate::CallState;
use crate::bindings::caisson::module::cache::{Error, Host};
use crate::guard::granted;
use crate::log::clip;

/// Bytes of a key on the trace: a key that is refused for its length is cut.
const DETAIL_MAX: usize = 255;

impl Host for CallState {
    async fn get(&mut self, key: String) -> wasmtime::Result<Result<Option<String>, Error>> {
        granted!(self, cache, "cache.get", detail(&key), self.cache().get(&key).await)
    }

    async fn set(
        &mut self,
        key: String,
        value: String,
        ttl_s: u32,
        tags: Vec<String>,
    ) -> wasmtime::Result<Result<(), Error>> {
        granted!(self, cache, "cache.set", detail(&key), self.cache().set(&key, &value, ttl_s, &tags).await)
    }

    async fn add(&mut self, key: String, value: String, ttl_s: u32) -> wasmtime::Result<Result<bool, Error>> {
        granted!(self, cache, "cache.add", detail(&key), self.cache().add(&key, &value, ttl_s).await)
    }

    async fn increment(&mut self, key: String, by: i64, ttl_s: u32) -> wasmtime::Result<Result<i64, Error>> {
        granted!(self, cache, "cache.increment", detail(&key), self.cache().increment(&key, by, ttl_s).await)
    }

    async fn forget(&mut self, key: String) -> wasmtime::Result<Result<(), Error>> {
        granted!(self, cache, "cache.forget", detail(&key), self.cache().forget(&key).await)
    }

    async fn flush(&mut self, tag: String) -> wasmtime::Result<Result<(), Error>> {
        granted!(self, cache, "cache.flush", detail(&tag), self.cache().flush(&tag).await)
    }
}

fn detail(key: &str) -> Option<String> {
    Some(clip(key, DETAIL_MAX).to_owned())
}

impl CallState {
    fn cache(&self) -> Cache<'_> {
        Cache { db: &self.host.db, module: &self.behind.module }
    }
}
