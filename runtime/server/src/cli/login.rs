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
    ask_password(&format!("Password at {registry}: "), PASSWORD)
}

/// Asks whoever sits at the terminal; where nobody does, `variable` is what holds a password instead.
pub(super) fn ask_password(question: &str, variable: &str) -> io::Result<Secret<String>> {
    rpassword::prompt_password(question).map(Secret::new).map_err(|cause| {
        let what = format!("there is no terminal to ask for the password at; set {variable}");
        io::Error::new(cause.kind(), what)
    })
}
