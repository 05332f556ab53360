//! The one place where wasmtime is configured.

use std::time::Duration;

use caisson_types::Budgets;
use wasmtime::{
    Config, Enabled, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig, WasmFeatures,
};

/// How often a running guest looks up: the granularity of processor budgets.
pub(crate) const TICK: Duration = Duration::from_millis(10);

/// Guest stack. Deep recursion traps here, long before the host's own stack is in danger.
const WASM_STACK: usize = 512 * 1024;
/// A call's whole stack: the guest's part, and three times as much for the host functions that run on what is left of it.
const ASYNC_STACK: usize = 2 * 1024 * 1024;
/// Memory left resident in a pooled slot between calls: above what a tuned guest touches, so that resetting it is a copy and not
/// a trip to the kernel.
const KEEP_RESIDENT: usize = 2 * 1024 * 1024;

/// Core modules that one component may be made of.
const CORE_INSTANCES: u32 = 32;

/// What wasmtime's own code between two parts of one component needs: it copies from the memory of the one to that of the other.
/// QuickJS comes as two parts. A module's own code still has one memory each: the pre-scan refuses others.
const ADAPTERS: WasmFeatures = WasmFeatures::MULTI_MEMORY;

/// How many calls may be in flight, and how large one may be.
#[derive(Clone, Copy, Debug)]
pub struct EngineConfig {
    /// Calls at once in this process; more wait for a free slot.
    pub instances: u32,
    /// The largest memory any budget may allow.
    pub memory_bytes: usize,
}

impl Default for EngineConfig {
    fn default() -> Self {
        Self { instances: 256, memory_bytes: Budgets::default().task.memory_bytes }
    }
}

/// A configured engine whose epochs advance while it lives.
#[derive(Clone)]
pub struct Engine {
    pub(crate) inner: wasmtime::Engine,
}

impl Engine {
    /// An engine that runs calls.
    ///
    /// # Errors
    /// Where the machine cannot give the address space.
    pub fn new(config: EngineConfig) -> wasmtime::Result<Self> {
        let mut settings = common();
        settings.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(config)));
        let inner = wasmtime::Engine::new(&settings)?;
        let weak = inner.weak();
        std::thread::Builder::new().name("epochs".to_owned()).spawn(move || {
            while let Some(engine) = weak.upgrade() {
                engine.increment_epoch();
                drop(engine);
                std::thread::sleep(TICK);
            }
        })?;
        Ok(Self { inner })
    }

    /// An engine that only compiles: same code, no pool, so that the compiler's process can be kept small.
    pub(crate) fn for_compiling() -> wasmtime::Result<wasmtime::Engine> {
        wasmtime::Engine::new(&common())
    }

    /// Names everything an artefact depends on: wasmtime's version and settings, the processor's features.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        fingerprint(&self.inner)
    }
}

pub(crate) fn fingerprint(engine: &wasmtime::Engine) -> String {
    use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
    let hash =
        BuildHasherDefault::<DefaultHasher>::default().hash_one(engine.precompile_compatibility_hash());
    format!("{hash:016x}")
}

/// What the code of an artefact depends on; the same for compiling and running.
fn common() -> Config {
    let mut config = Config::new();
    // Every call's budget hangs on these.
    config.epoch_interruption(true);
    config.max_wasm_stack(WASM_STACK);
    config.async_stack_size(ASYNC_STACK);
    // The contract is synchronous; the bookkeeping for concurrent guests costs on every call.
    config.concurrency_support(false);
    // What the toolchains do not need is attack surface; what the pre-scan let through must compile.
    let features = caisson_package::component::features();
    config.wasm_features(!features, false);
    config.wasm_features(features, true);
    config.wasm_features(ADAPTERS, true);
    // Relaxed SIMD is among them; its answers are the same on every processor.
    config.relaxed_simd_deterministic(true);
    // A trap is told to authors with the names of their functions; addresses within them cost artefact size.
    config.generate_address_map(false);
    config.cranelift_opt_level(OptLevel::Speed);
    config.memory_init_cow(true);
    // Four gigabytes of reserved addresses behind each memory lets bounds checks be page faults.
    config.memory_reservation(4 << 30);
    config.memory_guard_size(32 << 20);
    config
}

fn pool(config: EngineConfig) -> PoolingAllocationConfig {
    let calls = config.instances;
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(calls);
    // A component is made of several core modules: the guest, its adapters, its shims; one with Python's interpreter of 14. They are
    // counted and not set aside, so as many calls fit as there are slots, whatever language they are in.
    pool.total_core_instances(calls * CORE_INSTANCES);
    pool.max_core_instances_per_component(CORE_INSTANCES);
    pool.total_memories(calls * 2);
    pool.max_memories_per_component(8);
    pool.total_tables(calls * 8);
    pool.max_tables_per_component(32);
    pool.table_elements(100_000);
    pool.total_stacks(calls);
    pool.max_memory_size(config.memory_bytes);
    pool.max_unused_warm_slots(calls);
    // Resetting a slot by scanning for touched pages instead of giving memory back: `madvise` takes a process-wide lock.
    pool.pagemap_scan(Enabled::Auto);
    pool.linear_memory_keep_resident(KEEP_RESIDENT);
    pool.table_keep_resident(64 * 1024);
    pool.async_stack_keep_resident(64 * 1024);
    pool
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_compiler_makes_the_runner_takes() {
        let runner = Engine::new(EngineConfig { instances: 4, ..EngineConfig::default() }).unwrap();
        assert_eq!(fingerprint(&Engine::for_compiling().unwrap()), runner.fingerprint());
    }

    #[test]
    fn the_engine_takes_what_the_pre_scan_lets_through_and_no_more() {
        let engine = Engine::for_compiling().unwrap();
        assert_eq!(engine.get_wasm_features(), caisson_package::component::features().union(ADAPTERS));
    }
}
