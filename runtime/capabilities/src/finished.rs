//! What a call leaves behind.

use std::sync::Arc;

use caisson_types::manifest::GrantId;

use crate::capture::Capture;
use crate::http::egress::Ledger;
use crate::log::Entry;
use crate::state::{Behind, CallContext};
use crate::{HostCall, Redactor};

/// What is left of a call.
pub struct Finished {
    pub context: CallContext,
    pub log: Vec<Entry>,
    pub host_calls: Vec<HostCall>,
    /// Host calls that the trace did not keep.
    pub omitted: u64,
    /// Host calls that were denied.
    pub denied: u64,
    pub memory_bytes: usize,
    pub host_call_count: u64,
    /// What left over the network, and what came.
    pub bytes_out: u64,
    pub bytes_in: u64,
    /// Uses of each of `Granted::ids`, by place there.
    pub(crate) uses: Vec<(u16, u32)>,
    /// Uses of grants by which the network was reached.
    pub(crate) reached: Vec<(GrantId, u32)>,
    /// What was said over the network.
    pub(crate) ledger: Option<Ledger>,
    pub(crate) redactor: Option<Redactor>,
    pub(crate) behind: Arc<Behind>,
}

impl Finished {
    /// The grants it used, and how often each.
    pub fn grants(&self) -> impl Iterator<Item = (&GrantId, u32)> {
        let ids = &self.behind.granted.ids;
        let used = self.uses.iter().filter_map(|(place, uses)| Some((ids.get(usize::from(*place))?, *uses)));
        used.chain(self.reached.iter().map(|(grant, uses)| (grant, *uses)))
    }

    /// Without secrets: log, and details of host calls.
    #[must_use]
    pub fn redacted(mut self) -> Self {
        let redactor = self.take_redactor();
        self.context.secrets.clear();
        for entry in &mut self.log {
            for text in [&mut entry.action, &mut entry.request, &mut entry.response] {
                *text = redactor.text(text);
            }
        }
        for detail in self.host_calls.iter_mut().filter_map(|call| call.detail.as_mut()) {
            *detail = redactor.text(detail);
        }
        self
    }

    /// What it takes to make a call that failed again, without secrets. `names` are those of the parameters.
    #[must_use]
    pub fn capture(&mut self, names: &[&str], parameters: &impl serde::Serialize) -> Capture {
        let redactor = self.take_redactor();
        let noted = self.ledger.as_ref().map(|ledger| ledger.journal().take()).unwrap_or_default();
        let capture = Capture::new(names, parameters, &noted, &redactor);
        self.redactor = Some(redactor);
        capture
    }

    /// Knows the call's secrets.
    fn take_redactor(&mut self) -> Redactor {
        let secrets = self.behind.settings.secrets.values().chain(&self.context.secrets);
        self.redactor.take().unwrap_or_else(|| Redactor::new(secrets.cloned()))
    }
}
