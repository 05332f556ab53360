//! From version to version on the command line: the difference, a canary, back; and out.

use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Context as _, ensure};
use caisson_registry::{CanaryPlan, Difference};
use caisson_types::{ModuleKey, ServiceId};
use clap::{Args, Subcommand};

use crate::parts::Panel;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Show what an update asks for more, less and the same as the version that serves.
    Diff {
        module: ModuleKey,
        /// Default: the newest.
        #[arg(long)]
        version: Option<String>,
        #[arg(long)]
        json: bool,
    },
    /// Let a module's newest version, or the one named, serve.
    Activate(ActivateArguments),
    /// Let a module's canary serve everything.
    Promote { module: ModuleKey },
    /// Take a canary back, or let the version that served before serve again.
    Rollback { module: ModuleKey },
    /// Write what a module keeps into an empty folder: settings without secrets, and JSON lines for each table.
    Export {
        module: ModuleKey,
        #[arg(long)]
        output: PathBuf,
    },
    /// Remove a module that does not serve; its tables stay, for when it comes back.
    Delete {
        module: ModuleKey,
        /// Remove all that it ever kept as well: tables, settings, secrets, tasks, log.
        #[arg(long, requires = "confirm")]
        erase: bool,
        /// The module's name, without its type.
        #[arg(long)]
        confirm: Option<String>,
    },
}

#[derive(Args)]
pub(crate) struct ActivateArguments {
    module: ModuleKey,
    #[arg(long)]
    version: Option<String>,
    /// Let it serve this share of the calls at first, in percent, beside the version that serves.
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u32).range(0..=99))]
    canary: Option<u32>,
    /// A service that gets the canary whatever the share is; may be given again.
    #[arg(long, requires = "canary")]
    service: Vec<ServiceId>,
    /// How many of its calls may fail, over at least how many, before it is rolled back by itself.
    #[arg(long, requires = "canary", value_name = "PERCENT%:CALLS", default_value = "2%:50")]
    error_budget: ErrorBudget,
}

/// `2%:50`: at most 2 % failures over at least 50 calls.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ErrorBudget {
    most_failures: f64,
    least_calls: u32,
}

impl FromStr for ErrorBudget {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts =
            text.split_once("%:").and_then(|(share, calls)| Some((share.parse().ok()?, calls.parse().ok()?)));
        let (most_failures, least_calls) =
            parts.ok_or("write the percentage and the least number of calls, as in 2%:50")?;
        Ok(Self { most_failures, least_calls })
    }
}

pub(super) async fn run(panel: &Panel, command: Command, actor: &str) -> anyhow::Result<()> {
    let registry = &panel.registry;
    match command {
        Command::Diff { module, version, json } => {
            let difference = registry.difference_of(&module, version.as_deref()).await?;
            match json {
                true => println!("{}", serde_json::to_string_pretty(&difference)?),
                false => print!("{}", in_lines(&difference)),
            }
        }
        Command::Activate(asked) => activate(panel, asked, actor).await?,
        Command::Promote { module } => {
            let active = registry.promote(&module, actor).await?;
            println!("{module} {} serves.", active.manifest.module.version);
        }
        Command::Rollback { module } => {
            let active = registry.roll_back(&module, actor).await?;
            println!("{module} {} serves again.", active.manifest.module.version);
        }
        Command::Export { module, output } => {
            let is_empty = match std::fs::read_dir(&output) {
                Ok(mut entries) => entries.next().is_none(),
                Err(_) => !output.exists(),
            };
            ensure!(
                is_empty,
                "{} holds something; name an empty folder, or one that is not there",
                output.display()
            );
            let done = registry.export(&module, &output).await;
            let done =
                done.with_context(|| format!("{module} cannot be exported to {}", output.display()))?;
            println!("{module}: {} tables with {} rows in {}.", done.tables, done.rows, output.display());
        }
        Command::Delete { module, erase: false, .. } => {
            registry.delete(&module, actor).await?;
            println!("{module} is gone; its tables stay.");
        }
        Command::Delete { module, confirm, .. } => {
            registry.erase(&module, &confirm.unwrap_or_default(), actor).await?;
            println!("{module} is gone with all that it kept.");
        }
    }
    Ok(())
}

async fn activate(panel: &Panel, asked: ActivateArguments, actor: &str) -> anyhow::Result<()> {
    let (registry, module) = (&panel.registry, asked.module);
    let version = registry.find_version(&module, asked.version.as_deref()).await?;
    let Some(share) = asked.canary else {
        let active = registry.activate(version, actor).await?;
        println!("{module} {} serves.", active.manifest.module.version);
        return Ok(());
    };
    let plan = CanaryPlan {
        share,
        services: asked.service,
        most_failures: asked.error_budget.most_failures,
        least_calls: asked.error_budget.least_calls,
    };
    let chosen = match plan.services.len() {
        0 => String::new(),
        count => format!(" and {count} chosen services"),
    };
    let active = registry.begin_canary(version, plan, actor).await?;
    println!(
        "{module} {} serves {share} % of the calls{chosen}; end with 'caisson module promote {module}' or 'rollback'.",
        active.manifest.module.version
    );
    Ok(())
}

fn in_lines(of: &Difference) -> String {
    let from = of.from.as_ref().map_or("nothing".to_owned(), ToString::to_string);
    let mut text = format!("{} {from} -> {}\n", of.module, of.to);
    for (mark, list) in [('+', &of.more), ('-', &of.less), ('=', &of.same)] {
        for one in list {
            text.push_str(&format!("{mark} {}  [{}] {}\n", one.id, one.risk, one.sentence));
        }
    }
    for one in &of.limits {
        text.push_str(&format!(
            "{} {}  {} -> {}\n",
            if one.to > one.from { '+' } else { '-' },
            one.name,
            one.from,
            one.to
        ));
    }
    for one in &of.parts {
        text.push_str(&format!("{} {} {}\n", if one.gone { '-' } else { '+' }, one.kind, one.name));
    }
    if of.waits {
        text.push_str(&format!("It waits for approval: 'caisson module grant {}'.\n", of.module));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_budget_is_a_percentage_and_a_number_of_calls() {
        assert_eq!("0.5%:200".parse(), Ok(ErrorBudget { most_failures: 0.5, least_calls: 200 }));
        for wrong in ["2", "2:50", "%:50", "2%:", "two%:50"] {
            assert!(wrong.parse::<ErrorBudget>().unwrap_err().contains("2%:50"), "{wrong}");
        }
    }
}
