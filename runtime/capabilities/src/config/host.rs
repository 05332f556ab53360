use crate::CallState;
use crate::bindings::caisson::module::config::Host;

impl Host for CallState {
    fn get(&mut self, key: String) -> wasmtime::Result<Option<String>> {
        self.enter()?;
        Ok(self.behind.settings.get(&key).map(ToString::to_string))
    }

    fn has(&mut self, key: String) -> wasmtime::Result<bool> {
        self.enter()?;
        Ok(self.behind.settings.has(&key))
    }
}
