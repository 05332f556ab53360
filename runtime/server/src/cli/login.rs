//! Who somebody is at a registry of packages.

use std::io;
use std::path::PathBuf;

use caisson_distribution::Credentials;
use caisson_types::Secret;
use clap::Args;

/// Names the environment variable that holds the password; never an argument, which every user of the machine can read.
const PASSWORD: &str = "CAISSON_REGISTRY_PASSWORD";

#[derive(Args)]
pub(crate) struct LoginArguments {
    /// Your name at the registry. The password is asked for, or taken from CAISSON_REGISTRY_PASSWORD. Default: what `docker login` left.
    #[arg(long)]
    username: Option<String>,
}

impl LoginArguments {
    pub(super) fn credentials(&self, registry: &str) -> anyhow::Result<Option<Credentials>> {
        if let Some(username) = &self.username {
            return Ok(Some(Credentials { username: username.clone(), password: password(registry)? }));
        }
        let folder = std::env::var_os("DOCKER_CONFIG").map(PathBuf::from);
        let folder = folder.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".docker")));
        Ok(folder.map(|folder| Credentials::of_docker(&folder, registry)).transpose()?.flatten())
    }
}

fn password(registry: &str) -> io::Result<Secret<String>> {
    if let Ok(password) = std::env::var(PASSWORD) {
        return Ok(Secret::new(password));
    }
    rpassword::prompt_password(format!("Password at {registry}: ")).map(Secret::new).map_err(|cause| {
        io::Error::new(cause.kind(), format!("no terminal to ask for the password ({cause}); set {PASSWORD}"))
    })
}
