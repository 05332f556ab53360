use crate::CallState;
use crate::bindings::caisson::module::config::Host;
use crate::log::clip;
use crate::trace::Outcome;

const DETAIL_MAX: usize = 255;

impl Host for CallState {
    fn get(&mut self, key: String) -> wasmtime::Result<Option<String>> {
        let since = self.enter()?;
        let value = self.behind.settings.get(&key).map(ToString::to_string);
        self.exit("config.get", since, Outcome::Ok, named(key));
        Ok(value)
    }

    fn has(&mut self, key: String) -> wasmtime::Result<bool> {
        let since = self.enter()?;
        let has = self.behind.settings.has(&key);
        self.exit("config.has", since, Outcome::Ok, named(key));
        Ok(has)
    }
}

/// The key as the trace keeps it, without making a copy.
fn named(mut key: String) -> Option<String> {
    key.truncate(clip(&key, DETAIL_MAX).len());
    Some(key)
}
