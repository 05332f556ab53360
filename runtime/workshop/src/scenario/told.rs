//! What came of a call, told to whoever asked for it: in words, or as a document.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde_json::Value;

use super::{InvoiceSeen, Observed, Outcome, Request, ServiceSeen};
use crate::stage::Ended;

/// What a call did, in the order in which one wants to know.
#[derive(Clone, Debug, Serialize)]
pub struct Told {
    pub outcome: Outcome,
    /// In the order in which they were made.
    pub requests: Vec<Asked>,
    /// Rows that came, went, or are others than before.
    pub rows: Vec<Change>,
    pub tasks: Vec<Ended>,
    pub service: Option<ServiceSeen>,
    pub invoice: Option<InvoiceSeen>,
    pub log: Vec<String>,
}

/// A request to the provider.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Asked {
    #[serde(flatten)]
    pub request: Request,
    /// Whether an exchange answered it.
    pub answered: bool,
}

/// A row before and after; one of them where it came or went.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    pub table: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
}

/// Tells what was observed.
#[must_use]
pub fn tell(observed: &Observed) -> Told {
    // An exchange answers once, so of the same requests the last are those that nothing answered.
    let mut unanswered = observed.unanswered.clone();
    let mut requests: Vec<Asked> = observed
        .requests
        .iter()
        .rev()
        .map(|request| {
            let place = unanswered.iter().position(|other| other == request);
            if let Some(place) = place {
                unanswered.swap_remove(place);
            }
            Asked { request: request.clone(), answered: place.is_none() }
        })
        .collect();
    requests.reverse();
    Told {
        outcome: observed.outcome.clone(),
        requests,
        rows: changes(&observed.rows_before, &observed.rows),
        tasks: observed.tasks.clone(),
        service: observed.service.clone(),
        invoice: observed.invoice.clone(),
        log: observed.log.clone(),
    }
}

type Rows = BTreeMap<String, Vec<Value>>;

fn changes(before: &Rows, after: &Rows) -> Vec<Change> {
    let tables: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let rows = |of: &Rows, table: &String| of.get(table).cloned().unwrap_or_default();
    tables.into_iter().flat_map(|table| of_table(table, rows(before, table), rows(after, table))).collect()
}

/// Rows that are the same on both sides are left out; the others are paired by `id`, where a table has one.
fn of_table(table: &str, before: Vec<Value>, after: Vec<Value>) -> Vec<Change> {
    let change = |before, after| Change { table: table.to_owned(), before, after };
    let gone = before.iter().filter(|row| !after.contains(row));
    let mut came: Vec<&Value> = after.iter().filter(|row| !before.contains(row)).collect();
    let mut changes = Vec::new();
    for row in gone {
        let same = |other: &&Value| !row["id"].is_null() && other["id"] == row["id"];
        let now = came.iter().position(same).map(|place| came.remove(place));
        changes.push(change(Some(row.clone()), now.cloned()));
    }
    changes.extend(came.into_iter().map(|row| change(None, Some(row.clone()))));
    changes
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "outcome: {}", self.outcome)?;
        section(f, "requests", self.requests.len())?;
        for (at, asked) in self.requests.iter().enumerate() {
            let (request, number) = (&asked.request, at + 1);
            let note = if asked.answered { "" } else { "  (nothing answers)" };
            writeln!(f, "  {number}. {} {}{note}", request.method, request.url)?;
            let body = &request.body;
            let json = body.json.as_ref().map(|json| serde_json::to_string_pretty(json).unwrap_or_default());
            let text = json.or_else(|| body.text.clone()).or_else(|| body.base64.clone()).unwrap_or_default();
            text.lines().try_for_each(|line| writeln!(f, "     {line}"))?;
        }
        section(f, "rows", self.rows.len())?;
        for change in &self.rows {
            change.before.iter().try_for_each(|row| writeln!(f, "  - {}: {row}", change.table))?;
            change.after.iter().try_for_each(|row| writeln!(f, "  + {}: {row}", change.table))?;
        }
        section(f, "tasks", self.tasks.len())?;
        for task in &self.tasks {
            let error = task.error.as_ref().map_or(String::new(), |error| format!(": {error}"));
            writeln!(f, "  {} {}{error}", task.method, task.status)?;
        }
        if let Some(service) = &self.service {
            let message = service.message.as_ref().map_or(String::new(), |text| format!(": {text}"));
            writeln!(f, "service: {}{message}", service.status)?;
            writeln!(f, "  {}", Value::Object(service.data.clone()))?;
        }
        if let Some(invoice) = &self.invoice {
            writeln!(f, "invoice: {}, {} due", invoice.status, invoice.due)?;
            invoice.transactions.iter().try_for_each(|id| writeln!(f, "  {id}"))?;
        }
        section(f, "log", self.log.len())?;
        self.log.iter().try_for_each(|line| writeln!(f, "  {line}"))
    }
}

/// `requests: 2`, or that there are none.
fn section(f: &mut fmt::Formatter<'_>, name: &str, count: usize) -> fmt::Result {
    match count {
        0 => writeln!(f, "{name}: none"),
        count => writeln!(f, "{name}: {count}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rows_are_told_by_what_became_of_them() {
        let rows = |rows: Value| Rows::from([("boxes".to_owned(), rows.as_array().unwrap().clone())]);
        let before = rows(json!([{ "id": 1, "n": 1 }, { "id": 2, "n": 1 }, { "id": 3, "n": 1 }]));
        let after = rows(json!([{ "id": 1, "n": 1 }, { "id": 2, "n": 2 }, { "id": 4, "n": 1 }]));
        let told: Vec<_> =
            changes(&before, &after).into_iter().map(|change| (change.before, change.after)).collect();
        assert_eq!(
            told,
            [
                (Some(json!({ "id": 2, "n": 1 })), Some(json!({ "id": 2, "n": 2 }))),
                (Some(json!({ "id": 3, "n": 1 })), None),
                (None, Some(json!({ "id": 4, "n": 1 }))),
            ]
        );
        let made = changes(&Rows::new(), &rows(json!([{ "name": "a" }, { "name": "b" }])));
        assert!(made.iter().all(|change| change.before.is_none() && change.table == "boxes"), "{made:?}");
        assert_eq!(made.len(), 2);
    }

    #[test]
    fn of_the_same_requests_the_last_were_not_answered() {
        let request =
            |url: &str| Request { method: "GET".to_owned(), url: url.to_owned(), ..Request::default() };
        let observed = Observed {
            outcome: Outcome::Answer(Value::Null),
            call: None,
            requests: vec![request("a"), request("b"), request("a")],
            unanswered: vec![request("a")],
            unused: Vec::new(),
            service: None,
            invoice: None,
            rows_before: Rows::new(),
            rows: Rows::new(),
            tasks: Vec::new(),
            log: vec!["info made".to_owned()],
        };
        let told = tell(&observed);
        assert_eq!(told.requests.iter().map(|asked| asked.answered).collect::<Vec<_>>(), [true, true, false]);
        let text = told.to_string();
        for line in ["outcome: well", "  3. GET a  (nothing answers)", "rows: none", "log: 1\n  info made"] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }
}
