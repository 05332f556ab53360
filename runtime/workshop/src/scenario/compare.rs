//! What should have come of a scenario beside what did.

use std::fmt;

use caisson_types::TaskStatus;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::file::{Problem, ServiceThen, TaskThen, Then};
use super::{Observed, Outcome, Request};

/// One thing that is not as it should be.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// The key of `[then]` that asks for it.
    pub place: String,
    pub expected: Value,
    pub found: Value,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pretty = |value: &Value| match value {
            Value::String(text) => text.clone(),
            value => serde_json::to_string_pretty(value).unwrap_or_default(),
        };
        let (expected, found) = (pretty(&self.expected), pretty(&self.found));
        writeln!(f, "{} (- expected, + found)", self.place)?;
        let diff = similar::TextDiff::from_lines(&expected, &found);
        for change in diff.iter_all_changes() {
            let sign = match change.tag() {
                similar::ChangeTag::Delete => '-',
                similar::ChangeTag::Insert => '+',
                similar::ChangeTag::Equal => ' ',
            };
            writeln!(f, "    {sign} {}", change.value().trim_end_matches('\n'))?;
        }
        Ok(())
    }
}

/// Every difference there is.
pub(super) fn compare(then: &Then, observed: &Observed) -> Vec<Difference> {
    let mut found = Differences(Vec::new());
    found.outcome(then, &observed.outcome);
    found.service(then.service.as_ref(), observed);
    if let Some(invoice) = &then.invoice {
        let there = serde_json::to_value(&observed.invoice).unwrap_or_default();
        found.parts("invoice", &Value::Object(invoice.clone()), &there);
    }
    for (table, rows) in &then.rows {
        let there = observed.rows.get(table).cloned().unwrap_or_default();
        let expected: Vec<Value> = rows.iter().cloned().map(Value::Object).collect();
        found.parts(&format!("rows.{table}"), &Value::Array(expected), &Value::Array(there));
    }
    found.tasks(then.tasks.as_deref(), observed);
    found.requests(then.requests.as_deref(), observed);
    for part in &then.log {
        if !observed.log.iter().any(|line| line.contains(part)) {
            found.add("log", json!(part), json!(observed.log));
        }
    }
    found.0
}

struct Differences(Vec<Difference>);

impl Differences {
    fn add(&mut self, place: &str, expected: Value, found: Value) {
        self.0.push(Difference { place: place.to_owned(), expected, found });
    }

    /// Adds where `found` does not hold all of `expected`.
    fn parts(&mut self, place: &str, expected: &Value, found: &Value) {
        if !holds(found, expected) {
            self.add(place, expected.clone(), narrowed(found, expected));
        }
    }

    fn outcome(&mut self, then: &Then, outcome: &Outcome) {
        let found = serde_json::to_value(outcome).unwrap_or_default();
        match (&then.problem, &then.failure, outcome) {
            (Some(problem), _, Outcome::Problem(there)) => self.problem(problem, there),
            (Some(problem), _, _) => self.add("problem", spelled(problem), found),
            (None, Some(part), Outcome::Failure(sentence)) if sentence.contains(part) => {}
            (None, Some(part), _) => self.add("failure", json!(part), found),
            (None, None, Outcome::Answer(answer)) => {
                if let Some(expected) = &then.answer {
                    self.parts("answer", expected, answer);
                }
            }
            (None, None, _) => {
                self.add("answer", then.answer.clone().unwrap_or_else(|| json!("no problem")), found);
            }
        }
    }

    fn problem(&mut self, expected: &Problem, found: &caisson_types::Problem) {
        let errors: Map<String, Value> =
            found.errors.iter().map(|error| (error.field.clone(), error.message.clone().into())).collect();
        let found = json!({ "code": found.code, "message": found.message, "errors": errors });
        self.parts("problem", &spelled(expected), &found);
    }

    fn service(&mut self, then: Option<&ServiceThen>, observed: &Observed) {
        let Some(then) = then else { return };
        let Some(found) = &observed.service else {
            self.add("service", json!("a service"), Value::Null);
            return;
        };
        if let Some(status) = then.status
            && status.as_str() != found.status
        {
            self.add("service.status", status.as_str().into(), json!([found.status, found.timeline]));
        }
        let message = found.message.as_deref().unwrap_or_default();
        if let Some(part) = &then.message
            && !message.contains(part)
        {
            self.add("service.message", json!(part), json!(message));
        }
        self.parts("service.data", &Value::Object(then.data.clone()), &Value::Object(found.data.clone()));
    }

    fn tasks(&mut self, then: Option<&[TaskThen]>, observed: &Observed) {
        let found = serde_json::to_value(&observed.tasks).unwrap_or_default();
        let Some(then) = then else {
            if observed.tasks.iter().any(|task| task.status != TaskStatus::Done) {
                self.add("tasks", json!("every task is done, unless 'then.tasks' says otherwise"), found);
            }
            return;
        };
        let same = then.len() == observed.tasks.len()
            && then.iter().zip(&observed.tasks).all(|(then, task)| {
                then.method == task.method
                    && then.status == task.status
                    && then
                        .error
                        .as_ref()
                        .is_none_or(|part| task.error.as_ref().is_some_and(|error| error.contains(part)))
            });
        if !same {
            let expected: Vec<Value> = then
                .iter()
                .map(|then| json!({ "method": then.method, "status": then.status, "error": then.error }))
                .collect();
            self.add("tasks", expected.into(), found);
        }
    }

    fn requests(&mut self, then: Option<&[Request]>, observed: &Observed) {
        let list = |requests: &[Request]| serde_json::to_value(requests).unwrap_or_default();
        if !observed.unanswered.is_empty() {
            self.add("given.exchange", json!("an exchange for every request"), list(&observed.unanswered));
        }
        if !observed.unused.is_empty() {
            self.add("given.exchange", list(&observed.unused), json!("never asked for"));
        }
        let Some(then) = then else { return };
        let same = then.len() == observed.requests.len()
            && then.iter().zip(&observed.requests).all(|(then, seen)| then.covers(seen));
        if !same {
            self.add("requests", list(then), list(&observed.requests));
        }
    }
}

fn spelled(problem: &Problem) -> Value {
    let mut spelled = json!({ "code": problem.code });
    if let Some(message) = &problem.message {
        spelled["message"] = message.clone().into();
    }
    if !problem.errors.is_empty() {
        spelled["errors"] = json!(problem.errors);
    }
    spelled
}

/// Whether `whole` has all that `part` has: of objects the keys that are there, of lists each entry.
fn holds(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => {
            part.iter().all(|(key, part)| whole.get(key).is_some_and(|whole| holds(whole, part)))
        }
        (Value::Array(whole), Value::Array(part)) => {
            whole.len() == part.len() && whole.iter().zip(part).all(|(whole, part)| holds(whole, part))
        }
        // TOML knows 1 and 1.0 apart, JSON does not.
        (Value::Number(whole), Value::Number(part)) => whole.as_f64() == part.as_f64(),
        (whole, part) => whole == part,
    }
}

/// `whole` without what nobody asked about, so that what differs is seen.
fn narrowed(whole: &Value, part: &Value) -> Value {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => Value::Object(
            part.iter()
                .filter_map(|(key, part)| Some((key.clone(), narrowed(whole.get(key)?, part))))
                .collect(),
        ),
        (Value::Array(whole), Value::Array(part)) => {
            let any = part.last().cloned().unwrap_or_default();
            whole
                .iter()
                .enumerate()
                .map(|(at, whole)| narrowed(whole, part.get(at).unwrap_or(&any)))
                .collect()
        }
        (whole, _) => whole.clone(),
    }
}
