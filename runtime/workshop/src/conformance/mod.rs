//! Conformance: what every module owes a panel, whatever it is for.
//!
//! A module's own scenarios say how its provider is spoken to when all goes well. Each of them that goes well is played again: asked
//! for twice, since a panel that died asks again; and, where its provider does well, with one in every [`Trouble`], since all providers
//! have them.

mod trouble;

use std::path::Path;
use std::sync::Arc;

use caisson_types::TaskStatus;
use serde_json::Value;

use crate::check::{Code, Finding, Score};
use crate::scenario::{self, FileError, Observed, Outcome, Played, Rehearsal, Scenario, When};
use crate::stage::{StageConfig, StageError};

pub use trouble::Trouble;

/// Why it could not be tried.
#[derive(Debug, thiserror::Error)]
pub enum ConformanceError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error("{}: the scenario '{scenario}' could not be played", file.display())]
    Stage { file: std::path::PathBuf, scenario: String, source: StageError },
}

/// Plays the scenarios of a module's folder again.
///
/// # Errors
/// Where they cannot be read, or brought on a stage. What the module does wrong is in the findings.
pub async fn conformance(
    config: &StageConfig,
    module: &Path,
    package: &[u8],
) -> Result<(Score, Vec<Finding>), ConformanceError> {
    let mut trial = Trial { config, package, score: Score::default(), findings: Vec::new(), played: 0 };
    for file in scenario::find(module)? {
        let name = file.strip_prefix(module).unwrap_or(&file).display().to_string();
        for scenario in scenario::File::read(&file)?.complete(&file) {
            let scenario = scenario.with_recording()?;
            let played = trial.play(&name, &scenario).await;
            played.map_err(|source| ConformanceError::Stage {
                file: file.clone(),
                scenario: scenario.name.clone(),
                source,
            })?;
        }
    }
    if trial.played == 0 {
        let mend = "write one into tests/ (see runtime/docs/scenarios.md)";
        let message = "no scenario with a provider goes well";
        trial.findings.push(Finding::new(Code::NothingToPlay, message, mend));
    }
    Ok((trial.score, trial.findings))
}

struct Trial<'t> {
    config: &'t StageConfig,
    package: &'t [u8],
    score: Score,
    findings: Vec<Finding>,
    /// Scenarios that were played with a provider in trouble.
    played: usize,
}

impl Trial<'_> {
    async fn play(&mut self, file: &str, scenario: &Scenario) -> Result<(), StageError> {
        let provider = Played::new(scenario.given.exchanges.clone(), false);
        let provider = provider.with_probes(scenario.given.probes.clone());
        let well = self.begin(scenario, provider).await?.ask(&scenario.when).await?;
        if !went_well(&well) {
            return Ok(());
        }
        if scenario.when.is_verb() {
            let twice = self.twice(scenario).await?;
            self.judge(file, scenario, twice);
        }
        if well.requests.is_empty() || trouble::is_in_one(&scenario.given.exchanges, &scenario.given.probes) {
            return Ok(());
        }
        self.played += 1;
        for trouble in Trouble::ALL {
            let exchanges = scenario.given.exchanges.iter().map(|exchange| trouble.of(exchange));
            let probes = scenario.given.probes.iter().map(|probe| trouble.of_probe(probe));
            let provider = Played::new(exchanges.collect(), false).with_probes(probes.collect());
            // What a module asks for before the call, it is given: only the call itself meets the trouble.
            let rehearsal = match self.begin(scenario, provider).await {
                Ok(rehearsal) => rehearsal,
                Err(StageError::Registry(_) | StageError::Billing(_) | StageError::Call(_)) => continue,
                Err(other) => return Err(other),
            };
            let observed = rehearsal.ask(&scenario.when).await?;
            let breach = breach(trouble, &scenario.when, &well, &observed);
            self.judge(file, scenario, breach);
        }
        Ok(())
    }

    async fn begin(&self, scenario: &Scenario, provider: Played) -> Result<Rehearsal, StageError> {
        Rehearsal::begin(self.config, self.package.to_vec(), scenario, Arc::new(provider), false).await
    }

    /// Asks for the same again, of a provider that answers the same.
    async fn twice(&self, scenario: &Scenario) -> Result<Option<(Code, String)>, StageError> {
        let again = scenario.given.exchanges.iter().cloned();
        let again = again.map(|exchange| scenario::Exchange { any: true, ..exchange });
        let provider = Played::new(again.collect(), false).with_probes(scenario.given.probes.clone());
        let rehearsal = self.begin(scenario, provider).await?;
        let first = rehearsal.ask(&scenario.when).await?;
        rehearsal.forget().await?;
        let second = rehearsal.ask(&scenario.when).await?;
        let (first, second) = (left_behind(&first), left_behind(&second));
        Ok((first != second).then(|| {
            (Code::NotRepeatable, format!("the first time it left {first}; the second time {second}"))
        }))
    }

    fn judge(&mut self, file: &str, scenario: &Scenario, breach: Option<(Code, String)>) {
        self.score.tried += 1;
        match breach {
            None => self.score.passed += 1,
            Some((code, message)) => {
                let message = format!("'{}': {message}", scenario.name);
                self.findings.push(Finding::new(code, message, mend(code)).at(file, None));
            }
        }
    }
}

fn mend(code: Code) -> &'static str {
    match code {
        Code::NotRepeatable => {
            "look for what is there before making it: a row by what it is for, an object by its name at the provider"
        }
        Code::Crashed => {
            "take every answer as something that may be broken: check its status, then parse it, and answer a problem"
        }
        Code::CountedAsDone => "look at the status of every answer before the service is said to be done",
        _ => {
            "answer a problem of 503 or 429 where trying again may help; other codes below 500 end a task for good"
        }
    }
}

/// Whether the module did what it was asked: a page that answers with the status of an error did not.
fn went_well(observed: &Observed) -> bool {
    let is_error = |answer: &Value| answer["status"].as_u64().is_some_and(|status| status >= 400);
    let is_well = matches!(&observed.outcome, Outcome::Answer(answer) if !is_error(answer));
    is_well && observed.tasks.iter().all(|task| task.status == TaskStatus::Done)
}

/// What is wrong with how a module stood a trouble.
fn breach(trouble: Trouble, when: &When, well: &Observed, observed: &Observed) -> Option<(Code, String)> {
    let met = trouble.in_words();
    let crashed = observed.tasks.iter().find(|task| task.crashes > 0).and_then(|task| task.error.clone());
    let ended = match &observed.outcome {
        Outcome::Failure(why) => Some(why.clone()),
        _ => crashed,
    };
    if let Some(why) = ended {
        return Some((Code::Crashed, format!("its provider {met}, and {why}")));
    }
    // An answer of 200 may be all that a module looks at.
    if !trouble.is_plain() || observed.requests.is_empty() {
        return None;
    }
    let is_told = tells(when, &well.outcome, &observed.outcome) || reports(when, well, observed);
    if went_well(observed) && left_behind(observed) == left_behind(well) && !is_told {
        return Some((Code::CountedAsDone, format!("its provider {met}, and it says that all is well")));
    }
    let final_code = match (&observed.outcome, when) {
        (Outcome::Problem(problem), When::Send { .. }) => problem.is_final(),
        _ => false,
    };
    let given_up = observed.tasks.iter().any(|task| task.status == TaskStatus::Failed);
    (final_code || given_up)
        .then(|| (Code::GaveUp, format!("its provider {met}, and it was not tried again")))
}

/// A page has more to show than what its provider says, and it may say of a part that it could not be had.
fn tells(when: &When, well: &Outcome, met: &Outcome) -> bool {
    when.is_shown() && met != well
}

/// A job may be there to find out how something does, and what it answers is that it does badly. One of a service or an invoice owes
/// the panel their status.
fn reports(when: &When, well: &Observed, met: &Observed) -> bool {
    let results = |seen: &Observed| -> Vec<Value> {
        seen.tasks.iter().filter_map(|task| task.result.clone()).collect()
    };
    let says_so = matches!(when, When::Job { .. }) && met.outcome != well.outcome;
    met.service.is_none() && met.invoice.is_none() && (says_so || results(met) != results(well))
}

/// What others see of how it ended. Rows are counted, since what a row says of when and how often is the module's own affair.
fn left_behind(observed: &Observed) -> String {
    let mut parts = Vec::new();
    if let Some(service) = &observed.service {
        parts.push(format!("the service {}", service.status));
    }
    if let Some(invoice) = &observed.invoice {
        parts.push(format!("the invoice {} with {} payments", invoice.status, invoice.transactions.len()));
    }
    parts.extend(observed.rows.iter().map(|(table, rows)| format!("{} rows in '{table}'", rows.len())));
    if !went_well(observed) {
        parts.push("something that did not go well".to_owned());
    }
    if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_page_stands_a_trouble_that_it_shows() {
        let (well, without) =
            (Outcome::Answer(json!({ "domains": 1 })), Outcome::Answer(json!({ "domains": null })));
        let tab = When::Variables { tab: "site".to_owned(), query: Default::default() };
        for page in [tab, When::ServicePage {}] {
            assert!(tells(&page, &well, &without));
            assert!(!tells(&page, &well, &well), "it shows what it never got");
        }
        assert!(!tells(&When::Suspend {}, &well, &without));
    }
}
