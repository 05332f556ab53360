use serde_json::Value;

use super::Arguments;
use crate::CallState;
use crate::bindings::caisson::module::i18n::Host;
use crate::trace::Outcome;

/// Bytes of a key and of a locale: longer ones name nothing.
const NAME_MAX: usize = 255;
const ARGUMENTS_MAX: usize = 64 * 1024;

impl Host for CallState {
    fn translate(
        &mut self,
        key: String,
        arguments: String,
        locale: Option<String>,
    ) -> wasmtime::Result<String> {
        let since = self.enter()?;
        match self.say(&key, &arguments, locale.as_deref()) {
            Ok(said) => {
                self.exit("i18n.translate", since, Outcome::Ok, None);
                Ok(said)
            }
            Err(reason) => {
                let about = format!("'{}': {reason}", crate::log::clip(&key, NAME_MAX));
                self.exit("i18n.translate", since, Outcome::Error, Some(about));
                Ok(key)
            }
        }
    }
}

impl CallState {
    /// The string, or why there is none.
    fn say(&self, key: &str, arguments: &str, locale: Option<&str>) -> Result<String, String> {
        let locale = locale.unwrap_or(&self.context.locale);
        if key.len() > NAME_MAX || locale.len() > NAME_MAX {
            return Err(format!("a key or locale has at most {NAME_MAX} bytes"));
        }
        if arguments.len() > ARGUMENTS_MAX {
            return Err(format!("arguments have at most {ARGUMENTS_MAX} bytes, not {}", arguments.len()));
        }
        let parsed = match arguments {
            "" | "{}" => serde_json::Map::new(),
            _ => match serde_json::from_str(arguments) {
                Ok(Value::Object(members)) => members,
                _ => return Err("the arguments are not a JSON object".to_owned()),
            },
        };
        let (arguments, unusable) = Arguments::read(&parsed);
        self.behind.strings.localized(locale).find(key, &arguments).ok_or_else(|| match unusable.first() {
            None => format!("lang/*.ftl has no such message for '{locale}' with these arguments"),
            Some(name) => format!("the argument '{name}' is no text, number or boolean"),
        })
    }
}
