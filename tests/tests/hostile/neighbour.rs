//! A module that others must not hear: called over and over beside the attacks.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use caisson_tests::support::{Admin, Puppet};
use serde_json::json;
use tokio::task::JoinHandle;

/// Calls that tell how fast it is undisturbed.
const QUIET_CALLS: usize = 200;

pub(super) struct Neighbour {
    quiet: Duration,
    times: Arc<Mutex<Vec<Duration>>>,
    stop: Arc<AtomicBool>,
    calls: JoinHandle<anyhow::Result<()>>,
}

impl Neighbour {
    pub(super) async fn start(admin: &Admin) -> Self {
        let puppet = Puppet::install(admin, "neighbour", &[]).await.unwrap();
        let mut quiet = Vec::new();
        for _ in 0..QUIET_CALLS {
            quiet.push(call(&puppet).await.unwrap());
        }
        let (times, stop) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let calls = {
            let (times, stop) = (Arc::clone(&times), Arc::clone(&stop));
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let time = call(&puppet).await?;
                    times.lock().unwrap().push(time);
                }
                Ok(())
            })
        };
        Self { quiet: p99(&mut quiet), times, stop, calls }
    }

    /// Stops it, and sees that each of its calls was answered in good time.
    pub(super) async fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.calls.await.unwrap().unwrap_or_else(|error| panic!("the neighbour: {error:#}"));
        let mut times = std::mem::take(&mut *self.times.lock().unwrap());
        assert!(times.len() > 200, "the neighbour was called {} times only", times.len());
        let loud = p99(&mut times);
        // On two cores an attack has one of them to itself, and compilers the other: slower is fine, stuck is not.
        let bound = (self.quiet * 30).max(Duration::from_secs(1));
        eprintln!("the neighbour: {} calls, p99 {loud:?}, {:?} undisturbed", times.len(), self.quiet);
        assert!(loud < bound, "the neighbour's p99 is {loud:?}, and {:?} undisturbed", self.quiet);
    }
}

/// A row written and counted: the sandbox and the database at once.
async fn call(puppet: &Puppet) -> anyhow::Result<Duration> {
    let began = Instant::now();
    puppet.play(json!([{ "op": "db.upsert", "name": "a", "value": 1 }, { "op": "db.count" }])).await?;
    Ok(began.elapsed())
}

fn p99(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() * 99 / 100]
}
