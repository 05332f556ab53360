//! Events before the fact: whoever hears of one may say no to it.

use std::time::Duration;

use caisson_capabilities::CallContext;
use caisson_capabilities::contract::exports::hooks::{Event, Verdict};
use caisson_sandbox::exports::hooks;
use caisson_types::{Budget, PanelEvent};
use serde_json::Value;
use uuid::Uuid;

use crate::{Billing, BillingError, Result};

/// Longest that one module may think it over: somebody waits.
const THINKING_MAX: Duration = Duration::from_secs(5);
/// Characters of a reason that are shown.
const REASON_MAX: usize = 300;

impl Billing {
    /// Asks every module that hears of `event`, one after the other. A module that fails to answer has no say: one that is broken
    /// must not bring the panel to a halt.
    ///
    /// # Errors
    /// [`BillingError::Conflict`] with the first module that says no, and its reason.
    pub(crate) async fn ask(&self, event: PanelEvent, payload: &Value) -> Result<()> {
        for active in self.registry.all_active().iter().filter(|active| active.hears(event)) {
            let told = Event {
                id: Uuid::now_v7().to_string(),
                name: event.name().to_owned(),
                payload: payload.to_string(),
            };
            let context = CallContext { depth: 1, ..CallContext::default() };
            let page = active.budgets.page;
            let wall_ms = page.wall_ms.min(u64::try_from(THINKING_MAX.as_millis()).unwrap_or(u64::MAX));
            let budget = Budget { wall_ms, ..page };
            match self.registry.call_within(active, context, budget, &hooks::ON_EVENT, (told,)).await {
                Ok(Verdict::Proceed) => {}
                Ok(Verdict::Veto(reason)) => {
                    let reason: String =
                        reason.chars().filter(|c| !c.is_control()).take(REASON_MAX).collect();
                    tracing::info!(module = %active.key, event = event.name(), reason, "a module vetoed");
                    return Err(BillingError::Conflict(format!(
                        "{} does not allow it: {reason}",
                        active.manifest.module.title
                    )));
                }
                Err(error) => {
                    tracing::warn!(module = %active.key, event = event.name(), %error, "a module could not be asked; it has no say");
                }
            }
        }
        Ok(())
    }
}
