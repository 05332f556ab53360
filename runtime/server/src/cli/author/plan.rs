//! `caisson module plan`: what a call would do, before anybody does it.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use caisson_package::build::build_module;
use caisson_workshop::scenario::{self, File, Given, Scenario, Then, When};
use clap::Args;
use serde_json::{Map, Value};

#[derive(Args)]
pub(crate) struct PlanArguments {
    /// The module's folder, which is built first.
    dir: PathBuf,
    /// An export of the contract, such as product.create; default: the scenario's.
    #[arg(long, required_unless_present = "scenario")]
    call: Option<String>,
    /// Takes what is given from the scenario of this name in tests/*.toml.
    #[arg(long, conflicts_with = "given")]
    scenario: Option<String>,
    /// Takes what is given from the [given] of this file.
    #[arg(long)]
    given: Option<PathBuf>,
    /// An argument of the call, such as action=restart or form.quota=5.
    #[arg(long, value_name = "KEY=VALUE", num_args = 1..)]
    with: Vec<String>,
    #[arg(long)]
    json: bool,
    /// Where compilers keep what they made; shared by all modules.
    #[arg(long, default_value = "target/guests")]
    target_dir: PathBuf,
}

pub(super) async fn plan(asked: PlanArguments) -> anyhow::Result<()> {
    let (given, when) = match (&asked.scenario, &asked.given) {
        (Some(name), _) => {
            let scenario = named(&asked.dir, name)?;
            (scenario.given, Some(scenario.when))
        }
        (None, Some(path)) => (Given::read(path)?, None),
        (None, None) => (Given::default(), None),
    };
    let when = asked_for(asked.call.as_deref(), when, &asked.with)?;
    let scenario = Scenario { name: "plan".to_owned(), given, when, then: Then::default() };
    let options = super::options(asked.target_dir)?;
    let stage = super::stage(&options, Vec::new())?;
    let package = caisson_package::pack(&asked.dir, &build_module(&asked.dir, &options)?.component)?;
    let observed = scenario::play(&stage, package, &scenario)
        .await
        .with_context(|| format!("{} could not be asked for", scenario.when.export()))?;
    let told = scenario::tell(&observed);
    if asked.json {
        println!("{}", serde_json::to_string_pretty(&told)?);
    } else {
        print!("{told}");
    }
    Ok(())
}

/// The scenario of that name, with its recording.
fn named(dir: &Path, name: &str) -> anyhow::Result<Scenario> {
    let mut names = Vec::new();
    for path in scenario::find(dir)? {
        for scenario in File::read(&path)?.complete(&path) {
            if scenario.name == name {
                return Ok(scenario.with_recording()?);
            }
            names.push(format!("'{}'", scenario.name));
        }
    }
    bail!("{} has no scenario '{name}'; it has {}", dir.display(), names.join(", "))
}

/// The call with its arguments: the scenario's own where it is the same call, and those of the command line over them.
fn asked_for(call: Option<&str>, scenario: Option<When>, with: &[String]) -> anyhow::Result<When> {
    let same = scenario.filter(|when| call.is_none_or(|call| call == when.export()));
    let mut when = match (same, call) {
        (Some(when), _) => serde_json::to_value(when)?,
        (None, Some(call)) => Value::Object(Map::from_iter([("call".to_owned(), call.into())])),
        (None, None) => bail!("name a call with --call"),
    };
    for argument in with {
        let Some((key, value)) = argument.split_once('=') else {
            bail!("'{argument}' is no argument; write key=value");
        };
        set(&mut when, key, value).with_context(|| format!("'{key}' cannot be set"))?;
    }
    let call = when["call"].as_str().unwrap_or_default().to_owned();
    serde_json::from_value(when).with_context(|| format!("{call} cannot be asked for like this"))
}

/// What a visitor or an API sends as text, whatever it looks like.
const TEXTS: [&str; 4] = ["form", "query", "params", "headers"];

/// Sets `a.b` to a document, or to text that is none.
fn set(when: &mut Value, key: &str, value: &str) -> anyhow::Result<()> {
    let text = TEXTS.iter().any(|name| key.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')));
    let value = match serde_json::from_str(value) {
        Ok(document) if !text => document,
        _ => Value::from(value),
    };
    let mut place = when;
    for part in key.split('.') {
        let Value::Object(map) = place else { bail!("there is something else in its place") };
        place = map.entry(part).or_insert_with(|| Value::Object(Map::new()));
    }
    *place = value;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn when(text: &str) -> When {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn arguments_are_laid_over_those_of_the_scenario() {
        let with = ["form.quota=5".to_owned(), "action=resize".to_owned()];
        let scenario = when(r#"{"call":"client-area.handle","action":"x","form":{"name":"ada"}}"#);
        let asked = asked_for(None, Some(scenario.clone()), &with).unwrap();
        let expected = r#"{"call":"client-area.handle","action":"resize","form":{"name":"ada","quota":"5"}}"#;
        assert_eq!(serde_json::to_value(asked).unwrap(), serde_json::from_str::<Value>(expected).unwrap());
        let other = asked_for(Some("jobs.run"), Some(scenario), &["method=m".into(), "payload.n=5".into()]);
        assert_eq!(serde_json::to_value(other.unwrap()).unwrap()["payload"]["n"], 5);
    }

    #[test]
    fn what_cannot_be_asked_for_is_said() {
        for (call, with, expected) in [
            (
                Some("product.explode"),
                vec![],
                "product.explode cannot be asked for like this: unknown variant",
            ),
            (Some("jobs.run"), vec![], "jobs.run cannot be asked for like this: missing field `method`"),
            (Some("jobs.run"), vec!["method".to_owned()], "'method' is no argument; write key=value"),
            (
                Some("jobs.run"),
                vec!["call.x=1".to_owned()],
                "'call.x' cannot be set: there is something else",
            ),
            (None, vec![], "name a call with --call"),
        ] {
            let error = format!("{:#}", asked_for(call, None, &with).unwrap_err());
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
