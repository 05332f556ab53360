//! What a call through Caisson costs over the same call through wasmtime alone.
//!
//! The guest is the cloud-service module: 100 bytes of JSON in, checked, JSON out, in a fresh instance each time. Raw is a pooled
//! engine tuned the same way, with nothing around the call: no budget, no grants, no trace. Both are measured by turns in one
//! run, since the machine's mood changes; the last line is the ratio of their medians.

mod panel;

use std::time::{Duration, Instant};

use caisson_capabilities::contract::types::Problem;
use caisson_sandbox::exports::product::SAVE_PRODUCT_DATA;
use caisson_tests::support::modules;
use wasmtime::component::{Component, InstancePre, Linker};
use wasmtime::{Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Store};

use panel::{Caisson, wasmtime_error};

const MODULE: &str = "product/cloud-service";
const PACKAGE: &str =
    r#"{"server_location":"EU-Central ","plan_type":"premium","disk_space":50,"bandwidth":1000}"#;
const ROUNDS: usize = 12;
const CALLS: usize = 5_000;
const THREADS: usize = 2;

/// wasmtime, tuned like the panel's engine, and nothing else.
#[derive(Clone)]
struct Raw {
    engine: Engine,
    pre: InstancePre<()>,
}

impl Raw {
    fn new(component: &[u8]) -> wasmtime::Result<Self> {
        let mut pool = PoolingAllocationConfig::new();
        pool.pagemap_scan(Enabled::Auto);
        pool.linear_memory_keep_resident(2 << 20);
        pool.table_keep_resident(64 << 10);
        pool.async_stack_keep_resident(64 << 10);
        pool.max_memory_size(128 << 20);
        let mut config = Config::new();
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
        config.concurrency_support(false);
        config.memory_reservation(4 << 30);
        let engine = Engine::new(&config)?;
        let component = Component::new(&engine, component)?;
        let mut linker = Linker::new(&engine);
        // The call uses none of them.
        linker.define_unknown_imports_as_traps(&component)?;
        Ok(Self { pre: linker.instantiate_pre(&component)?, engine })
    }

    async fn call(&self) -> wasmtime::Result<String> {
        let mut store = Store::new(&self.engine, ());
        let instance = self.pre.instantiate_async(&mut store).await?;
        let interface = format!("caisson:module/product@{}", caisson_types::CONTRACT_VERSION);
        let interface =
            instance.get_export_index(&mut store, None, &interface).ok_or_else(|| missing(&interface))?;
        let function = instance
            .get_export_index(&mut store, Some(&interface), "save-product-data")
            .ok_or_else(|| missing("save-product-data"))?;
        let function =
            instance.get_typed_func::<(String,), (Result<String, Problem>,)>(&mut store, function)?;
        let (answer,) = function.call_async(&mut store, (PACKAGE.to_owned(),)).await?;
        answer.map_err(|problem| wasmtime::Error::msg(problem.message))
    }
}

fn missing(what: &str) -> wasmtime::Error {
    wasmtime::Error::msg(format!("the guest does not export {what}"))
}

/// Times of calls, and how many were done a second.
#[derive(Default)]
struct Measured {
    times: Vec<Duration>,
    busy: Duration,
}

impl Measured {
    async fn add(
        &mut self,
        calls: usize,
        mut call: impl AsyncFnMut() -> anyhow::Result<String>,
    ) -> anyhow::Result<()> {
        let began = Instant::now();
        for _ in 0..calls {
            let start = Instant::now();
            std::hint::black_box(call().await?);
            self.times.push(start.elapsed());
        }
        self.busy += began.elapsed();
        Ok(())
    }

    fn join(&mut self, other: Self) {
        self.times.extend(other.times);
        self.busy += other.busy;
    }

    fn at(&mut self, percent: usize) -> f64 {
        self.times.sort_unstable();
        let at = (self.times.len() * percent / 100).min(self.times.len() - 1);
        self.times[at].as_secs_f64() * 1e6
    }

    fn a_second(&self) -> f64 {
        self.times.len() as f64 / self.busy.as_secs_f64()
    }
}

/// The same on several threads at once, each with a runtime of its own; calls a second of all of them together.
fn together<F>(call: F) -> anyhow::Result<Measured>
where
    F: AsyncFnMut() -> anyhow::Result<String> + Clone + Send,
{
    let began = Instant::now();
    let mut all = Measured::default();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|_| {
                let call = call.clone();
                scope.spawn(move || {
                    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
                    let mut own = Measured::default();
                    runtime.block_on(own.add(CALLS, call))?;
                    anyhow::Ok(own.times)
                })
            })
            .collect();
        for thread in threads {
            let times = thread.join().map_err(|_| anyhow::anyhow!("a thread panicked"))??;
            all.times.extend(times);
        }
        anyhow::Ok(())
    })?;
    all.busy = began.elapsed();
    Ok(all)
}

fn line(name: &str, threads: usize, measured: &mut Measured) {
    let (p50, p99) = (measured.at(50), measured.at(99));
    println!("{name:8} {threads:>7} {p50:>9.1} {p99:>9.1} {:>11.0}", measured.a_second());
}

fn main() -> anyhow::Result<()> {
    let package = std::fs::read(modules::package(MODULE)?)?;
    let component = caisson_package::archive::read(&package)?.component;
    let folder = tempfile::tempdir()?;
    // What works behind the calls has threads of its own, as in the panel.
    let behind = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let raw = Raw::new(&component).map_err(wasmtime_error)?;
    let caisson = behind.block_on(Caisson::new(package, folder.path(), &[]))?;
    let call_raw = {
        let raw = raw.clone();
        async move || raw.call().await.map_err(wasmtime_error)
    };
    let call_caisson = {
        let caisson = caisson.clone();
        async move || caisson.call(&SAVE_PRODUCT_DATA, (PACKAGE.to_owned(),)).await
    };

    let front = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut all: [Measured; 4] = std::array::from_fn(|_| Measured::default());
    let mut gains = Vec::new();
    front.block_on(async {
        anyhow::ensure!(
            raw.call().await.map_err(wasmtime_error)?
                == caisson.call(&SAVE_PRODUCT_DATA, (PACKAGE.to_owned(),)).await?,
            "the answers differ"
        );
        // Pools and caches fill first.
        Measured::default().add(CALLS, call_raw.clone()).await?;
        Measured::default().add(CALLS, call_caisson.clone()).await
    })?;
    for _ in 0..ROUNDS {
        let [one_raw, one_caisson, two_raw, two_caisson] = &mut all;
        let mut alone = Measured::default();
        front.block_on(one_raw.add(CALLS, call_raw.clone()))?;
        front.block_on(alone.add(CALLS, call_caisson.clone()))?;
        two_raw.join(together(call_raw.clone())?);
        let both = together(call_caisson.clone())?;
        gains.push(both.a_second() / alone.a_second());
        one_caisson.join(alone);
        two_caisson.join(both);
    }
    gains.sort_by(f64::total_cmp);

    let [one_raw, one_caisson, two_raw, two_caisson] = &mut all;
    println!("{:8} {:>7} {:>9} {:>9} {:>11}", "", "threads", "p50 us", "p99 us", "calls/s");
    line("raw", 1, one_raw);
    line("caisson", 1, one_caisson);
    line("raw", THREADS, two_raw);
    line("caisson", THREADS, two_caisson);
    println!(
        "two threads do {:.2} times the calls of one, in the median of {ROUNDS} rounds",
        gains[gains.len() / 2]
    );
    println!("ratio {:.2}", one_caisson.at(50) / one_raw.at(50));
    Ok(())
}
