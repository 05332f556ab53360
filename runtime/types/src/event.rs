//! The panel's own events: what modules may hear of besides each other's.

/// One line an event: its name, and whether it is asked before the fact.
macro_rules! panel_events {
    ($($(#[$doc:meta])+ $variant:ident = $name:literal, $before:literal;)+) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum PanelEvent {
            $($(#[$doc])+ $variant),+
        }

        impl PanelEvent {
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// As manifests and modules write it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),+
                }
            }

            /// Whether it is asked before anything happens: who hears of it may veto.
            #[must_use]
            pub fn is_before(self) -> bool {
                match self {
                    $(Self::$variant => $before),+
                }
            }
        }
    };
}

panel_events! {
    /// A client is about to be made. Payload: `email`, `name`, `locale`, `currency`.
    ClientCreating = "client.creating", true;
    /// Payload: `id`, `email`, `name`, `locale`, `currency`.
    ClientCreated = "client.created", false;
    /// Payload: as of `client.created`.
    ClientUpdated = "client.updated", false;
    /// Payload: as of `client.created`.
    ClientDeleting = "client.deleting", true;
    /// Payload: `id`.
    ClientDeleted = "client.deleted", false;
    /// A service is about to be ordered. Payload: `client`, `product`, `module`.
    ServiceOrdering = "service.ordering", true;
    /// Payload: `id`, `client`, `product`, `module`.
    ServiceOrdered = "service.ordered", false;
    /// The module is about to be asked to create it. Payload of this and the next four: as of `service.ordered`.
    ServiceCreating = "service.creating", true;
    /// See `service.creating`.
    ServiceSuspending = "service.suspending", true;
    /// See `service.creating`.
    ServiceUnsuspending = "service.unsuspending", true;
    /// See `service.creating`.
    ServiceTerminating = "service.terminating", true;
    /// See `service.creating`; and `to`, the product it is to become.
    ServiceChangingPackage = "service.changing-package", true;
    /// It is what its provider made of it. Payload: as of `service.ordered`, and `from`, `to`.
    ServiceStatusChanged = "service.status-changed", false;
    /// Payload: as of `service.ordered`.
    ServiceDeleted = "service.deleted", false;
    /// Payload: `invoice`, `client`, `number`, `total_minor`, `currency`, `draft`.
    InvoiceCreated = "invoice.created", false;
    /// Nothing is due any more. Payload: as of `payment.recorded`, of the last payment.
    InvoicePaid = "invoice.paid", false;
    /// Payload: as of `invoice.created`.
    InvoiceCancelled = "invoice.cancelled", false;
    /// Payload: `invoice`, `module`, `transaction`, `amount_minor`, `currency`.
    PaymentRecorded = "payment.recorded", false;
    /// Payload: as of `payment.recorded`, with an amount of 0.
    PaymentFailed = "payment.failed", false;
    /// Payload: as of `payment.recorded`; `transaction` is the refund's.
    PaymentRefunded = "payment.refunded", false;
    /// A module began to serve. Payload: `module`, `version`.
    ModuleActivated = "module.activated", false;
    /// A version gave way to the one before it. Payload: `module`, `version` (what was taken back), `to`, `reason`.
    ModuleRolledBack = "module.rolled-back", false;
    /// Payload: `module`.
    ModuleDeactivated = "module.deactivated", false;
    /// Payload: `module`, `reason`.
    ModuleQuarantined = "module.quarantined", false;
    /// Payload: `module`.
    ModuleReleased = "module.released", false;
    /// A task used up its tries. Payload: `id`, `module`, `method`, `service` or null, `error`.
    TaskFailed = "task.failed", false;
}

impl PanelEvent {
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|event| event.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_before_from_after() {
        for event in PanelEvent::ALL {
            assert_eq!(PanelEvent::parse(event.name()), Some(*event));
            let doing = event.name().split(['.', '-']).any(|word| word.ends_with("ing"));
            assert_eq!(event.is_before(), doing, "{}", event.name());
        }
        assert_eq!(PanelEvent::parse("service.create"), None);
    }
}
