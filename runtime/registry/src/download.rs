//! Packages that are fetched before they come in.

use caisson_distribution::{Credentials, Fetched, Source, fetch};

use crate::{Registry, Result, Upload};

impl Registry {
    /// Fetches a package, through the egress of modules: a private network is reached where the operator opened it, and nowhere else.
    ///
    /// # Errors
    /// Why it did not come.
    pub async fn download(&self, source: &Source, credentials: Option<&Credentials>) -> Result<Upload> {
        let Fetched { package, signature } = fetch(self.sandbox.egress(), source, credentials).await?;
        tracing::info!(%source, bytes = package.len(), "a package was fetched");
        Ok(Upload { package, signature, from: Some(source.to_string()), ..Upload::default() })
    }
}
