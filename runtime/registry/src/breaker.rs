//! The circuit breaker: a module that keeps crashing or running out of its budget is held back, before it wears the panel out.
//!
//! What a module answers, an error included, is its own affair; what counts is calls that it did not live to answer. The count is
//! this process's own; the verdict is everybody's, until an administrator releases the module.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use caisson_sandbox::{CallError, Failure};
use caisson_types::ModuleKey;

/// Calls that were ended within the window and are enough to hold a module back, where they are half of all or more.
const ENOUGH: u32 = 20;
const WINDOW: Duration = Duration::from_secs(60);
/// The window moves in so many steps.
const STEPS: usize = 6;

/// Counts of one module.
#[derive(Debug)]
struct Counts {
    began: Instant,
    /// Since when the newest step runs, in steps since `began`.
    step: u64,
    ok: [u32; STEPS],
    ended: [u32; STEPS],
}

impl Counts {
    fn new(now: Instant) -> Self {
        Self { began: now, step: 0, ok: [0; STEPS], ended: [0; STEPS] }
    }

    /// Counts one call. True where there are enough that were ended.
    fn count(&mut self, now: Instant, was_ended: bool) -> bool {
        let length = WINDOW / u32::try_from(STEPS).unwrap_or(1);
        let step =
            u64::try_from(now.duration_since(self.began).as_nanos() / length.as_nanos()).unwrap_or(u64::MAX);
        let steps = STEPS as u64;
        // What lies a whole window back, or further, counts no more.
        for passed in (self.step + 1..=step).take(STEPS) {
            let place = usize::try_from((step - (passed - self.step - 1)) % steps).unwrap_or(0);
            (self.ok[place], self.ended[place]) = (0, 0);
        }
        self.step = step;
        let place = usize::try_from(step % steps).unwrap_or(0);
        let counter = if was_ended { &mut self.ended[place] } else { &mut self.ok[place] };
        *counter = counter.saturating_add(1);
        let sum = |counts: &[u32; STEPS]| counts.iter().fold(0_u32, |sum, count| sum.saturating_add(*count));
        let ended = sum(&self.ended);
        was_ended && ended >= ENOUGH && ended >= sum(&self.ok)
    }
}

/// One per process.
#[derive(Debug, Default)]
pub(crate) struct Breaker(Mutex<HashMap<ModuleKey, Counts>>);

impl Breaker {
    /// Counts how a call ended, and says why the module should be held back, if it should.
    pub(crate) fn count<R>(&self, module: &ModuleKey, result: &Result<R, CallError>) -> Option<String> {
        let ended = match result {
            Err(CallError::Failure(failure @ (Failure::Exhausted(_) | Failure::Trapped(_)))) => Some(failure),
            // Busy, or a mistake of the panel: nothing the module could help.
            Err(CallError::Failure(_)) => return None,
            Ok(_) | Err(CallError::Problem(_)) => None,
        };
        let now = Instant::now();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Modules that never fail are not even remembered.
        if ended.is_none() && !all.contains_key(module) {
            return None;
        }
        let enough =
            all.entry(module.clone()).or_insert_with(|| Counts::new(now)).count(now, ended.is_some());
        let failure = ended.filter(|_| enough)?;
        all.remove(module);
        Some(format!(
            "{ENOUGH} calls or more were ended within {} s, the last because {failure}",
            WINDOW.as_secs()
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enough_within_the_window_holds_back() {
        let began = Instant::now();
        let at = |seconds: u64| began + Duration::from_secs(seconds);
        let mut counts = Counts::new(began);
        for second in 0..19 {
            assert!(!counts.count(at(second), true));
        }
        assert!(counts.count(at(19), true));

        // Slowly enough, it never does.
        let mut counts = Counts::new(began);
        for number in 0..200 {
            assert!(!counts.count(at(number * 5), true), "{number}");
        }
        // Nor where most calls go well.
        let mut counts = Counts::new(began);
        for _ in 0..100 {
            counts.count(at(0), false);
        }
        for _ in 0..99 {
            assert!(!counts.count(at(1), true));
        }
        assert!(counts.count(at(1), true));
        // A long rest forgets it all.
        assert!(!counts.count(at(10_000), true));
        assert_eq!((counts.ended.iter().sum::<u32>(), counts.ok.iter().sum::<u32>()), (1, 0));
    }
}
