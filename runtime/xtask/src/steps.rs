//! Work in named steps, each with its time, so that a long run shows where it went.

use std::time::{Duration, Instant};

use anyhow::Context as _;

/// The steps taken so far.
pub(crate) struct Steps {
    start: Instant,
    taken: Vec<(String, Duration)>,
}

impl Steps {
    pub(crate) fn start() -> Self {
        Self { start: Instant::now(), taken: Vec::new() }
    }

    /// Takes a step; its name is part of the error.
    pub(crate) fn step<T>(
        &mut self,
        name: &str,
        work: impl FnOnce() -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        eprintln!("==> {name}");
        let start = Instant::now();
        let result = work().with_context(|| format!("step '{name}'"))?;
        let time = start.elapsed();
        eprintln!("    {name}: {}", seconds(time));
        self.taken.push((name.to_owned(), time));
        Ok(result)
    }

    /// Prints all steps with their times, and the whole.
    pub(crate) fn summarise(&self) {
        let width = self.taken.iter().map(|(name, _)| name.len()).max().unwrap_or(0).max("total".len());
        eprintln!("==> summary");
        for (name, time) in &self.taken {
            eprintln!("    {name:width$}  {:>9}", seconds(*time));
        }
        eprintln!("    {:width$}  {:>9}", "total", seconds(self.start.elapsed()));
    }
}

/// `12.3 s`, and more exact below a second.
pub(crate) fn seconds(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 1.0 { format!("{seconds:.3} s") } else { format!("{seconds:.1} s") }
}
