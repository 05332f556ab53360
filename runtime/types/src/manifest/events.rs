//! `[capabilities.events]`: what a module tells others, and what it hears.

use serde::{Deserialize, Serialize};

use crate::PanelEvent;

/// Events of the module, and of others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EventsRequest {
    /// Names of its own events, such as `zone-emptied`, a grant each; others hear them as `<type>/<module>.<name>`.
    #[serde(default)]
    pub publishes: Vec<String>,
    /// Events of other modules, such as `product/powerdns.zone-emptied`, and of the panel, such as `service.status-changed`, a grant each.
    #[serde(default)]
    pub subscribes: Vec<String>,
}

impl EventsRequest {
    /// What is wrong with the names, if anything: where, and why.
    pub(super) fn fault(&self) -> Option<(&'static str, String)> {
        let of_module = |event: &str| match event.split_once('/') {
            None => PanelEvent::parse(event).is_some(),
            Some((kind, rest)) => rest.split_once('.').is_some_and(|(module, event)| {
                format!("{kind}/{module}").parse::<crate::ModuleKey>().is_ok() && is_event_name(event)
            }),
        };
        if let Some(event) = self.publishes.iter().find(|event| !is_event_name(event)) {
            let why = format!(
                "'{event}' is not an event's name: lower-case words and digits with '-' or '.' between them"
            );
            return Some(("capabilities.events.publishes", why));
        }
        let event = self.subscribes.iter().find(|event| !of_module(event))?;
        let known = PanelEvent::ALL.iter().map(|event| event.name()).collect::<Vec<_>>().join(", ");
        let why = format!(
            "'{event}' is not an event: one of a module's reads 'product/name.zone-emptied', the panel's are {known}"
        );
        Some(("capabilities.events.subscribes", why))
    }
}

/// Whether an event may be published under the name: words of a-z and 0-9 with single `-` or `.` between them.
fn is_event_name(text: &str) -> bool {
    text.len() <= 100
        && text.split(['.', '-']).all(|word| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
}
