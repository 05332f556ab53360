//! Stand-ins for providers that modules talk to: HTTP servers on loopback with the checks and the status codes of the
//! real ones, faults that can be switched on while they run, and their state open to the test.

mod hosting_api;
mod mailboxes;
mod nextcloud;
mod proxmox_wp;
mod slack;
mod stripe;
mod troubled;
mod twilio;
mod watched;

pub use hosting_api::{Account, HostingApi};
pub use mailboxes::{Mailbox, MailboxApi};
pub use nextcloud::{CLOUD_ADMIN, CloudUser, Nextcloud};
pub use proxmox_wp::{ProxmoxWp, Site};
pub use slack::{Channel, Slack};
pub use stripe::{Stripe, WEBHOOK_SECRET};
pub use troubled::{Fault, Rule, Seen, Troubled};
pub use twilio::{Sms, Standing, Twilio};
#[cfg(feature = "scenarios")]
pub use watched::TlsServer;
pub use watched::WatchedSite;
