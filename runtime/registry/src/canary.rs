//! A newer version tries itself on a share of the calls, and gives way where too many of them fail.
//!
//! Who gets it is decided by a digest of the version and of whom the call is for, so that a service stays with one version while
//! the share does not shrink. What it did is counted in the database, in batches: every process adds to one count, and whoever
//! adds what is too much ends it. Why a canary may only add to tables: `runtime/docs/decisions/0006-canaries.md`.

use std::collections::HashMap;
use std::fmt::Display;
use std::sync::{Arc, Mutex, PoisonError};

use caisson_sandbox::{CallError, Failure};
use caisson_storage::upgrades::{self, Canary};
use caisson_storage::{Conn, events, modules};
use caisson_types::{FieldError, ModuleKey, PanelEvent, ServiceId, Timestamp, VersionId};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::activate::{Entering, ROLL_BACK};
use crate::{Active, Actor, Registry, RegistryError, Result};

/// Calls that a process counts by itself before it tells the others; a failure is told at once.
const BATCH: u64 = 16;
/// Most calls that may be asked for before anything is judged.
const LEAST_CALLS_MAX: u32 = 100_000;

/// What a canary gets, and what it may break.
#[derive(Clone, Debug, PartialEq)]
pub struct CanaryPlan {
    /// Of the calls, in percent: 0 to 99. Nothing but `services` at 0.
    pub share: u32,
    /// Services that get it whatever the share is.
    pub services: Vec<ServiceId>,
    /// Calls that may fail, in percent, to two digits after the point.
    pub most_failures: f64,
    /// Calls before anything is judged.
    pub least_calls: u32,
}

impl CanaryPlan {
    /// Two in a hundred may fail, over at least fifty calls.
    pub const MOST_FAILURES: f64 = 2.0;
    pub const LEAST_CALLS: u32 = 50;

    /// The failures that may be, in ten-thousandths.
    fn check(&self) -> Result<u32> {
        let mut errors = Vec::new();
        if self.share > 99 || (self.share == 0 && self.services.is_empty()) {
            let what = "A share is 1 to 99 percent, or 0 with the services that get the version.";
            errors.push(FieldError::new("share", what));
        }
        if !(0.0..=100.0).contains(&self.most_failures) {
            errors.push(FieldError::new("most_failures", "Failures are 0 to 100 percent of the calls."));
        }
        if !(1..=LEAST_CALLS_MAX).contains(&self.least_calls) {
            let what = format!("Calls before a verdict are 1 to {LEAST_CALLS_MAX}.");
            errors.push(FieldError::new("least_calls", what));
        }
        if !errors.is_empty() {
            return Err(RegistryError::Invalid(errors));
        }
        // Checked to be 0 to 100.
        Ok((self.most_failures * 100.0).round() as u32)
    }
}

/// Whether a canary gets what is for `subject`.
fn takes(canary: &Canary, subject: &str) -> bool {
    if canary.services.iter().any(|service| service.to_string() == subject) {
        return true;
    }
    let digest = Sha256::digest(format!("{}/{subject}", canary.version));
    let number = digest.iter().take(4).fold(0_u32, |number, byte| (number << 8) | u32::from(*byte));
    number % 100 < canary.share
}

/// How a call counts: true where it failed, none where that says nothing of the version.
fn failed<R>(result: &Result<R, CallError>) -> Option<bool> {
    match result {
        Ok(_) => Some(false),
        Err(CallError::Problem(problem)) => Some(problem.code >= 500),
        Err(CallError::Failure(Failure::Exhausted(_) | Failure::Trapped(_) | Failure::NotExported(_))) => {
            Some(true)
        }
        Err(CallError::Failure(Failure::Quarantined | Failure::Busy | Failure::Host)) => None,
    }
}

/// What this process counted and did not tell yet: calls, and how many of them failed.
#[derive(Debug, Default)]
pub(crate) struct Tallies(Mutex<HashMap<VersionId, (u64, u64)>>);

impl Tallies {
    /// Counts a call; gives what is due to be told.
    fn add(&self, version: VersionId, failed: bool) -> Option<(u64, u64)> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let counted = all.entry(version).or_default();
        *counted = (counted.0 + 1, counted.1 + u64::from(failed));
        if failed || counted.0 >= BATCH { all.remove(&version) } else { None }
    }

    fn take(&self) -> HashMap<VersionId, (u64, u64)> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Registry {
    /// The version that serves whoever `subject` is: a service by its id, else whom the call is for.
    ///
    /// # Errors
    /// [`RegistryError::NotActive`].
    pub fn active_for(&self, key: &ModuleKey, subject: impl Display) -> Result<Arc<Active>> {
        let ready = self.ready.read().unwrap_or_else(PoisonError::into_inner);
        if ready.serving.contains_key(key)
            && let Some(canary) = ready.canaries.get(key)
            && let Some(active) = ready.versions.get(&canary.version)
            && takes(canary, &subject.to_string())
        {
            return Ok(Arc::clone(active));
        }
        drop(ready);
        self.active(key)
    }

    /// The last canary of a module: the one that runs, or how it ended.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn canary(&self, key: &ModuleKey) -> Result<Option<Canary>> {
        Ok(upgrades::canary(&mut *self.db.conn().await?, key).await?)
    }

    /// Lets a version serve a share of the calls beside the one that serves. Its own `update` runs now, in one transaction, and
    /// may only add to tables, since both versions work on them. Called again for the same version it changes the plan.
    ///
    /// A version that was taken back and is tried again is updated again, from the version that serves: that one went on filling the
    /// tables meanwhile, and what it left has to be brought up to date as well. The contract has `update` idempotent for this, and one
    /// that is not, such as one that adds a column without asking whether it is there, is refused with nothing of it kept.
    ///
    /// # Errors
    /// Where nothing serves that it could stand beside, the plan makes no sense, or the version refuses.
    pub async fn begin_canary(
        &self,
        id: VersionId,
        plan: CanaryPlan,
        actor: Actor<'_>,
    ) -> Result<Arc<Active>> {
        let most_failures = plan.check()?;
        let Entering { version, before, .. } = self.entering(id).await?;
        let key = version.key.clone();
        let Some(before) = before else {
            return match self.active(&key) {
                Ok(_) => Err(RegistryError::ServesAlready { key, version: version.version }),
                Err(error) => Err(error),
            };
        };
        let running = self.canary(&key).await?.filter(|one| one.ended_at.is_none() && one.version == id);
        let active = Arc::new(self.prepare(id).await?);
        let tables = match running {
            Some(running) => running.tables,
            None => {
                let tables = self.tables_of(&key).await?;
                self.enter(&active, Some(&before), true, actor).await?;
                tables
            }
        };
        let canary = Canary {
            module: key.clone(),
            version: id,
            share: plan.share,
            services: plan.services,
            tables,
            most_failures,
            least_calls: plan.least_calls,
            calls: 0,
            failed: 0,
            began_at: Timestamp::now(),
            began_by: actor.to_owned(),
            ended_at: None,
            verdict: None,
        };
        let mut tx = self.db.begin().await?;
        upgrades::begin(&mut tx, &canary).await?;
        let detail = json!({
            "version": version.version, "beside": before.version, "share": canary.share,
            "services": canary.services, "most_failures": plan.most_failures, "least_calls": canary.least_calls,
        });
        self.changed(&mut tx, actor, "module.canary", &key.to_string(), &detail).await?;
        tx.commit().await?;
        let mut ready = self.change();
        ready.versions.insert(id, Arc::clone(&active));
        ready.canaries.insert(key, Arc::new(canary));
        Ok(active)
    }

    /// Lets the canary of a module serve everything.
    ///
    /// # Errors
    /// Where none runs.
    pub async fn promote(&self, key: &ModuleKey, actor: Actor<'_>) -> Result<Arc<Active>> {
        let canary = self.canary(key).await?.filter(|canary| canary.ended_at.is_none());
        let Some(canary) = canary else {
            self.show(key).await?;
            return Err(RegistryError::NoCanary(key.clone()));
        };
        let entering = self.entering(canary.version).await?;
        // It was updated when it began.
        self.switch(entering, canary.tables, "module.promote", "it was promoted", actor).await
    }

    /// Whether a version is its module's canary.
    pub(crate) fn is_canary(&self, active: &Active) -> bool {
        let ready = self.ready.read().unwrap_or_else(PoisonError::into_inner);
        ready.canaries.get(&active.key).is_some_and(|canary| canary.version == active.id)
    }

    /// Whether a version serves its module.
    pub(crate) fn is_serving(&self, active: &Active) -> bool {
        let ready = self.ready.read().unwrap_or_else(PoisonError::into_inner);
        ready.serving.get(&active.key) == Some(&active.id)
    }

    /// Counts a call of a canary, and ends it where that was one failure too many.
    pub(crate) async fn count_canary<R>(&self, active: &Active, result: &Result<R, CallError>) {
        let Some(failed) = failed(result) else { return };
        if let Some((calls, failed)) = self.tallies.add(active.id, failed) {
            self.tell(active.id, calls, failed).await;
        }
    }

    /// Tells the others what this process counted since it last did.
    pub(crate) async fn tell_canaries(&self) {
        for (version, (calls, failed)) in self.tallies.take() {
            self.tell(version, calls, failed).await;
        }
    }

    async fn tell(&self, version: VersionId, calls: u64, failed: u64) {
        let told = async {
            let mut conn = self.db.conn().await?;
            let canary = upgrades::count(&mut conn, version, calls, failed).await?;
            drop(conn);
            match canary {
                Some(canary) if canary.is_over_budget() => self.over_budget(&canary).await,
                _ => Ok(()),
            }
        };
        let told: Result<()> = told.await;
        if let Err(error) = told {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "a canary's calls could not be counted"
            );
        }
    }

    async fn over_budget(&self, canary: &Canary) -> Result<()> {
        let reason = format!(
            "{} of {} calls failed, where {} % may",
            canary.failed,
            canary.calls,
            f64::from(canary.most_failures) / 100.0
        );
        self.end_canary(canary, &reason, "error budget").await.map(|_| ())
    }

    /// The version beside it serves everything again. False where it had ended.
    pub(crate) async fn end_canary(&self, canary: &Canary, reason: &str, actor: Actor<'_>) -> Result<bool> {
        let key = &canary.module;
        let mut tx = self.db.begin().await?;
        let ended = upgrades::end(&mut tx, key, reason, Timestamp::now()).await?;
        if ended {
            tracing::warn!(module = %key, reason, "a canary is rolled back");
            let version = modules::version_by_id(&mut tx, canary.version).await?.version;
            let to = match modules::by_key(&mut tx, key).await?.active {
                Some(to) => Some(modules::version_by_id(&mut tx, to).await?.version),
                None => None,
            };
            self.rolled_back(&mut tx, key, (&version, to.as_ref()), reason, actor).await?;
        }
        tx.commit().await?;
        self.db.signal().notify();
        self.change().canaries.remove(key);
        Ok(ended)
    }

    /// In the transaction: whoever reads the audit log, and whoever hears of the event, knows what was taken back and why.
    pub(crate) async fn rolled_back(
        &self,
        conn: &mut Conn,
        key: &ModuleKey,
        (version, to): (&semver::Version, Option<&semver::Version>),
        reason: &str,
        actor: Actor<'_>,
    ) -> Result<()> {
        let detail = json!({ "version": version, "to": to, "reason": reason });
        self.changed(conn, actor, ROLL_BACK, &key.to_string(), &detail).await?;
        let told = json!({ "module": key.to_string(), "version": version, "to": to, "reason": reason });
        Ok(events::announce(conn, PanelEvent::ModuleRolledBack, told, 1).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canary(share: u32) -> Canary {
        Canary {
            module: "product/demo".parse().unwrap(),
            version: VersionId::new(),
            share,
            services: Vec::new(),
            tables: Vec::new(),
            most_failures: 200,
            least_calls: 50,
            calls: 0,
            failed: 0,
            began_at: Timestamp::now(),
            began_by: String::new(),
            ended_at: None,
            verdict: None,
        }
    }

    #[test]
    fn a_share_is_about_that_many_and_grows_without_moving_anybody_back() {
        let ten = canary(10);
        let subjects: Vec<String> = (0..5_000).map(|_| ServiceId::new().to_string()).collect();
        let taken: Vec<_> = subjects.iter().filter(|subject| takes(&ten, subject)).collect();
        assert!((350..650).contains(&taken.len()), "{}", taken.len());
        let half = Canary { share: 50, ..ten.clone() };
        assert!(taken.iter().all(|subject| takes(&half, subject)));
        let none = Canary { share: 0, services: vec![subjects[0].parse().unwrap()], ..ten };
        assert_eq!(subjects.iter().filter(|subject| takes(&none, subject)).count(), 1);
    }

    #[test]
    fn a_budget_is_judged_once_there_are_enough_calls() {
        let of = |calls, failed| Canary { calls, failed, ..canary(10) }.is_over_budget();
        assert!(!of(49, 49));
        assert!(!of(50, 1));
        assert!(of(50, 2));
        assert!(!of(1_000, 20));
        assert!(of(1_000, 21));
    }

    #[test]
    fn a_failure_is_told_at_once_and_the_rest_in_batches() {
        let (tallies, one) = (Tallies::default(), VersionId::new());
        for _ in 1..BATCH {
            assert_eq!(tallies.add(one, false), None);
        }
        assert_eq!(tallies.add(one, false), Some((BATCH, 0)));
        assert_eq!(tallies.add(one, false), None);
        assert_eq!(tallies.add(one, true), Some((2, 1)));
        tallies.add(one, false);
        assert_eq!(tallies.take(), HashMap::from([(one, (1, 0))]));
        assert!(tallies.take().is_empty());
    }

    #[test]
    fn a_plan_that_makes_no_sense_is_refused_by_field() {
        let plan = CanaryPlan { share: 10, services: Vec::new(), most_failures: 2.0, least_calls: 50 };
        assert_eq!(plan.check().unwrap(), 200);
        let fields = |plan: &CanaryPlan| -> Vec<String> {
            match plan.check() {
                Err(RegistryError::Invalid(errors)) => errors.into_iter().map(|error| error.field).collect(),
                _ => Vec::new(),
            }
        };
        assert_eq!(fields(&CanaryPlan { share: 0, ..plan.clone() }), ["share"]);
        assert_eq!(fields(&CanaryPlan { share: 100, ..plan.clone() }), ["share"]);
        assert_eq!(
            fields(&CanaryPlan { most_failures: f64::NAN, least_calls: 0, ..plan }),
            ["most_failures", "least_calls"]
        );
    }
}
