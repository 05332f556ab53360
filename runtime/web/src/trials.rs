//! Playing a version's scenarios beside the panel, while its pages go on.

use std::path::PathBuf;

use async_trait::async_trait;
use caisson_registry::{RegistryError, TrialReport};
use caisson_types::VersionId;

use crate::App;

/// Plays the scenarios of a package, in a process of its own.
#[async_trait]
pub trait Trials: Send + Sync {
    /// # Errors
    /// Why they could not be played, in a sentence.
    async fn play(&self, package: PathBuf) -> Result<TrialReport, String>;
}

/// Begins one; it goes on when this returns.
///
/// # Errors
/// Where one goes on already, or there is no such version.
pub(crate) async fn begin(app: &App, version: VersionId, actor: &str) -> Result<(), RegistryError> {
    let package = app.registry().begin_trial(version, actor).await?;
    let app = app.clone();
    tokio::spawn(async move {
        let outcome = app.trials().play(package).await;
        if let Err(error) = app.registry().end_trial(version, outcome).await {
            tracing::error!(%version, error = &error as &dyn std::error::Error, "a trial's end was not noted");
        }
    });
    Ok(())
}
