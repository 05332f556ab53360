//! A call that failed on somebody's panel, made again here: from the bundle that the panel's administrator sent.

use std::path::Path;

use caisson_registry::BUNDLE_FORMAT;
use caisson_types::ModuleKey;
use regex::Regex;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::scenario::{CallSeen, Observed, Outcome, Scenario};

/// What is read of a bundle.
#[derive(Clone, Debug)]
pub struct Recorded {
    pub module: ModuleKey,
    /// None where the version was deleted since.
    pub version: Option<String>,
    /// The package that was called.
    pub digest: Option<String>,
    pub export: String,
    /// How it ended then.
    pub then: CallSeen,
    /// As it is written.
    document: Value,
    pub scenario: Scenario,
    /// What the scenario lacks.
    pub left_out: Vec<String>,
}

/// Why a bundle cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    #[error("this is no bundle: {0}; an administrator gets one with 'caisson module call <id> --bundle'")]
    Unreadable(#[source] serde_json::Error),
    #[error(
        "the bundle has format {0}, and this program reads format {known}; ask for one of a panel of this version",
        known = BUNDLE_FORMAT
    )]
    Format(u64),
    #[error("the call {0} ended well: there is nothing to replay")]
    Well(String),
    #[error("the call {call} cannot be replayed: {why}")]
    NoScenario { call: String, why: String },
    #[error("the bundle is of {bundle}, and the folder is {folder}'s; name the folder of {bundle}")]
    Other { bundle: ModuleKey, folder: ModuleKey },
    #[error("{} is there already; name another file", .0.display())]
    Exists(std::path::PathBuf),
    #[error("the scenario cannot be written down: {0}")]
    Unwritable(String),
}

#[derive(Deserialize)]
struct Bundle {
    module: BundleModule,
    call: BundleCall,
    scenario: Option<Value>,
    no_scenario: Option<String>,
    #[serde(default)]
    left_out: Vec<String>,
}

#[derive(Deserialize)]
struct BundleModule {
    key: ModuleKey,
    version: Option<String>,
    digest: Option<String>,
}

#[derive(Deserialize)]
struct BundleCall {
    export: String,
    outcome: String,
    message: Option<String>,
}

impl Recorded {
    /// Reads a bundle.
    ///
    /// # Errors
    /// Where it is none, or of a call that cannot be played.
    pub fn read(text: &str) -> Result<Self, ReplayError> {
        let document: Value = serde_json::from_str(text).map_err(ReplayError::Unreadable)?;
        if let Some(format) = document["format"].as_u64()
            && format != u64::from(BUNDLE_FORMAT)
        {
            return Err(ReplayError::Format(format));
        }
        let Bundle { module, call, scenario, no_scenario, left_out } =
            serde_json::from_value(document).map_err(ReplayError::Unreadable)?;
        if call.outcome == "ok" {
            return Err(ReplayError::Well(call.export));
        }
        let Some(document) = scenario else {
            let why =
                no_scenario.unwrap_or_else(|| "the bundle does not say what it was called with".to_owned());
            return Err(ReplayError::NoScenario { call: call.export, why });
        };
        let mut whole = document.clone();
        whole["then"] = json!({});
        Ok(Self {
            module: module.key,
            version: module.version,
            digest: module.digest,
            export: call.export,
            then: CallSeen { outcome: call.outcome, message: call.message },
            scenario: serde_json::from_value(whole).map_err(ReplayError::Unreadable)?,
            document,
            left_out,
        })
    }

    /// # Errors
    /// Where the package is another module's.
    pub fn must_be_of(&self, folder: &ModuleKey) -> Result<(), ReplayError> {
        if &self.module == folder {
            return Ok(());
        }
        Err(ReplayError::Other { bundle: self.module.clone(), folder: folder.clone() })
    }

    /// How it ends now beside how it ended then.
    #[must_use]
    pub fn judge(&self, observed: &Observed) -> Verdict {
        let now = now(observed);
        match observed.outcome.is_well() {
            true => Verdict::Mended,
            false if alike(&self.then, &now) => Verdict::Same(now),
            false => Verdict::Other(now),
        }
    }

    /// The scenario as a file to keep; its `then` says how the call ends now, and is to be edited.
    ///
    /// # Errors
    /// Where the file is there, or the scenario has what TOML cannot say.
    pub fn save(&self, path: &Path, observed: &Observed) -> Result<(), ReplayError> {
        if path.exists() {
            return Err(ReplayError::Exists(path.to_owned()));
        }
        let mut scenario = self.document.clone();
        for exchange in scenario["given"]["exchange"].as_array_mut().into_iter().flatten() {
            as_text(&mut exchange["answer"]);
        }
        scenario["then"] = then(&observed.outcome);
        without_nulls(&mut scenario);
        let unwritable = |error: &dyn std::fmt::Display| ReplayError::Unwritable(error.to_string());
        let file =
            toml::Table::try_from(json!({ "scenario": [scenario] })).map_err(|error| unwritable(&error))?;
        let text = toml::to_string_pretty(&file).map_err(|error| unwritable(&error))?;
        let head = "# A call that failed, as it was recorded. What its 'then' says is how it ended when this was written:\n\
                    # write there what must come of it.\n\n";
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| unwritable(&error))?;
        }
        std::fs::write(path, format!("{head}{text}")).map_err(|error| unwritable(&error))
    }
}

/// What became of the failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It ends well.
    Mended,
    /// It fails as it did.
    Same(CallSeen),
    /// It fails in another way.
    Other(CallSeen),
}

/// As the sandbox recorded it; the panel may have refused before the module was called, or after.
fn now(observed: &Observed) -> CallSeen {
    match (&observed.call, &observed.outcome) {
        (Some(call), _) if call.outcome != "ok" => call.clone(),
        (_, Outcome::Answer(_)) => CallSeen { outcome: "ok".to_owned(), message: None },
        (_, Outcome::Problem(problem)) => {
            CallSeen { outcome: "problem".to_owned(), message: Some(problem.to_string()) }
        }
        (_, Outcome::Failure(why)) => CallSeen { outcome: "failed".to_owned(), message: Some(why.clone()) },
    }
}

/// Ids differ each time.
fn alike(then: &CallSeen, now: &CallSeen) -> bool {
    let ids = Regex::new("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    let plain = |message: &Option<String>| {
        let message = message.clone().unwrap_or_default();
        ids.as_ref().map_or_else(|_| message.clone(), |ids| ids.replace_all(&message, "").into_owned())
    };
    then.outcome == now.outcome && plain(&then.message) == plain(&now.message)
}

fn then(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Answer(_) => json!({}),
        Outcome::Problem(problem) => {
            json!({ "problem": { "code": problem.code, "message": problem.message } })
        }
        Outcome::Failure(why) => json!({ "failure": why }),
    }
}

/// TOML has no null: a document that has one is written as text.
fn as_text(answer: &mut Value) {
    let Some(answer) = answer.as_object_mut() else { return };
    if let Some(json) = answer.get("json")
        && has_null(json)
    {
        let text = json.to_string();
        answer.remove("json");
        answer.insert("text".to_owned(), text.into());
    }
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.iter().any(has_null),
        Value::Object(map) => map.values().any(has_null),
        _ => false,
    }
}

fn without_nulls(value: &mut Value) {
    match value {
        Value::Array(list) => {
            list.retain(|value| !value.is_null());
            list.iter_mut().for_each(without_nulls);
        }
        Value::Object(map) => {
            let kept = std::mem::take(map).into_iter().filter(|(_, value)| !value.is_null());
            *map = kept.collect::<Map<_, _>>();
            map.values_mut().for_each(without_nulls);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle(change: impl FnOnce(&mut Value)) -> String {
        let mut bundle = json!({
            "format": BUNDLE_FORMAT, "module": { "key": "product/mailbox", "version": "1.0.0", "digest": "d" },
            "call": { "export": "product.create", "outcome": "problem", "message": "No." }, "left_out": [],
            "scenario": {
                "name": "it fails", "when": { "call": "product.create" },
                "given": {
                    "settings": { "key": { "env": "KEY", "recorded": "x" } },
                    "exchange": [{ "request": { "method": "GET", "url": "*" }, "answer": { "status": 500, "json": { "a": null } } }],
                },
            },
            "no_scenario": null,
        });
        change(&mut bundle);
        bundle.to_string()
    }

    fn seen(message: &str) -> CallSeen {
        CallSeen { outcome: "problem".to_owned(), message: Some(message.to_owned()) }
    }

    fn observed(outcome: Outcome, call: Option<CallSeen>) -> Observed {
        Observed {
            outcome,
            call,
            requests: Vec::new(),
            unanswered: Vec::new(),
            unused: Vec::new(),
            service: None,
            invoice: None,
            rows_before: Default::default(),
            rows: Default::default(),
            tasks: Vec::new(),
            log: Vec::new(),
        }
    }

    #[test]
    fn what_is_no_bundle_to_play_is_refused_in_a_sentence() {
        for (text, expected) in [
            ("no".to_owned(), "this is no bundle: "),
            ("{}".to_owned(), "this is no bundle: missing field `module`"),
            (
                bundle(|bundle| bundle["format"] = json!(1)),
                "the bundle has format 1, and this program reads format 2",
            ),
            (bundle(|bundle| bundle["call"]["outcome"] = json!("ok")), "the call product.create ended well"),
            (
                bundle(|bundle| {
                    (bundle["scenario"], bundle["no_scenario"]) = (Value::Null, json!("it is a secret"))
                }),
                "the call product.create cannot be replayed: it is a secret",
            ),
        ] {
            let error = Recorded::read(&text).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
        let error = Recorded::read(&bundle(|_| {})).unwrap().must_be_of(&"plugin/other".parse().unwrap());
        assert_eq!(
            error.unwrap_err().to_string(),
            "the bundle is of product/mailbox, and the folder is plugin/other's; name the folder of product/mailbox"
        );
    }

    #[test]
    fn a_failure_is_the_same_where_only_ids_differ() {
        let id = || uuid::Uuid::now_v7().to_string();
        let mut recorded = Recorded::read(&bundle(|_| {})).unwrap();
        recorded.then = seen(&format!("No {}.", id()));
        let problem = || Outcome::Problem(caisson_types::Problem::new(500, "said to the client"));
        let same = seen(&format!("No {}.", id()));
        assert_eq!(recorded.judge(&observed(problem(), Some(same.clone()))), Verdict::Same(same));
        let other = seen("Yes.");
        assert_eq!(recorded.judge(&observed(problem(), Some(other.clone()))), Verdict::Other(other));
        assert_eq!(recorded.judge(&observed(problem(), None)), Verdict::Other(seen("said to the client")));
        assert_eq!(recorded.judge(&observed(Outcome::Answer(Value::Null), None)), Verdict::Mended);
    }

    #[test]
    fn what_is_saved_is_a_scenario_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tests/x.toml");
        let recorded = Recorded::read(&bundle(|_| {})).unwrap();
        let ended = observed(Outcome::Problem(caisson_types::Problem::new(503, "No.")), None);
        recorded.save(&path, &ended).unwrap();
        let file = crate::scenario::File::read(&path).unwrap();
        let [scenario] = file.scenarios.as_slice() else { panic!("one scenario") };
        assert_eq!(scenario.when.export(), "product.create");
        assert_eq!(scenario.then.problem.as_ref().unwrap().code, 503);
        assert_eq!(scenario.given.exchanges[0].answer.body.text.as_deref(), Some("{\"a\":null}"));
        let again = recorded.save(&path, &ended).unwrap_err().to_string();
        assert!(again.ends_with("x.toml is there already; name another file"), "{again}");
    }
}
