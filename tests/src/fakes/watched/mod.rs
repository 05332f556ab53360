//! What a monitor watches: a web site, and servers whose certificates end when the test says. They are real servers on loopback; one
//! that is shut takes no connection, as a port nobody listens on.

mod site;
#[cfg(feature = "scenarios")]
mod tls;

pub use site::WatchedSite;
#[cfg(feature = "scenarios")]
pub use tls::TlsServer;
