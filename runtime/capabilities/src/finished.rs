//! What a call leaves behind.

use std::sync::Arc;

use caisson_types::manifest::GrantId;

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
        let behind = Arc::clone(&self.behind);
        let given = std::mem::take(&mut self.context.secrets);
        let redactor = self
            .redactor
            .get_or_insert_with(|| Redactor::new(behind.settings.secrets.values().chain(&given).cloned()));
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
}
