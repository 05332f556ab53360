use caisson_registry::NewPublisher;
use caisson_storage::publishers::Publisher;
use clap::Subcommand;
use serde::Serialize;

use super::{print_list, sign};
use crate::config::Config;
use crate::parts;

/// Who the audit log names.
const ACTOR: &str = "command line";

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Trust a publisher's signatures; a key that is trusted already gets the name and the modules given.
    Add {
        #[arg(long)]
        name: String,
        /// A minisign .pub file, or its line of base64.
        #[arg(long)]
        key: String,
        /// A module that it may sign, such as product/powerdns; default: all.
        #[arg(long)]
        module: Vec<String>,
    },
    /// List publishers, those that are trusted first.
    List {
        #[arg(long)]
        json: bool,
    },
    /// Trust a publisher no more; modules that it signed serve on.
    Revoke {
        /// Its id, or the number of its key.
        publisher: String,
    },
}

#[derive(Serialize)]
struct Line {
    id: String,
    name: String,
    key_id: String,
    public_key: String,
    modules: Vec<String>,
    added_by: String,
    revoked: bool,
}

impl From<Publisher> for Line {
    fn from(publisher: Publisher) -> Self {
        Self {
            id: publisher.id.to_string(),
            modules: publisher.modules.words(),
            revoked: publisher.revoked_at.is_some(),
            name: publisher.name,
            key_id: publisher.key_id,
            public_key: publisher.public_key,
            added_by: publisher.added_by,
        }
    }
}

pub(super) async fn run(config: &Config, command: Command) -> anyhow::Result<()> {
    let panel = parts::panel(config).await?;
    match command {
        Command::Add { name, key, module } => {
            let key = sign::key_of(&key)?.to_string();
            let added =
                panel.registry.add_publisher(NewPublisher { name, key, modules: module }, ACTOR).await?;
            println!(
                "{} is trusted with {}: key {}",
                added.name,
                added.modules.words().join(", "),
                added.key_id
            );
        }
        Command::List { json } => {
            let lines: Vec<Line> = panel.registry.publishers().await?.into_iter().map(Line::from).collect();
            let line = |line: &Line| {
                let revoked = if line.revoked { "  revoked" } else { "" };
                format!("{}  {:<24} {}{revoked}", line.key_id, line.name, line.modules.join(", "))
            };
            let empty = "No publisher is trusted; trust one with 'caisson publisher add'.";
            print_list(json, &lines, line, empty)?;
        }
        Command::Revoke { publisher } => {
            let revoked = panel.registry.revoke_publisher(&publisher, ACTOR).await?;
            println!("{} is trusted no more; what it signed serves on.", revoked.name);
        }
    }
    panel.recorder.flush().await;
    Ok(())
}
