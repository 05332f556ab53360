//! Loads a module into a [`Base`](super::base::Base): the interpreter of the base runs once more, imports the module, and its memory
//! as it then is becomes the component's.
//!
//! Nothing of the machine gets in: clocks stand, random numbers come of what is loaded, and files are those that are mounted. So the
//! same sources make the same bytes.

use std::path::Path;
use std::time::Duration;

use rand::SeedableRng as _;
use rand::rngs::StdRng;
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{
    Component, ComponentNamedList, Instance, Lift, Linker, Lower, ResourceTable, WasmList,
};
use wasmtime::{Config, Engine, OptLevel, RegallocAlgorithm, Store};
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{
    FsPerms, HostMonotonicClock, HostWallClock, WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView,
};
use wasmtime_wizer::{ComponentInstanceState, Wizer};

use super::{files, interpreter};

/// What the interpreter may use of the stack: unoptimised code takes more of it, and Python's compiler recurses.
const STACK: usize = 64 << 20;

/// The stack of the thread that calls [`load`].
pub(super) const THREAD_STACK: usize = STACK + (8 << 20);

/// What modules may print while they are imported.
const SAID: usize = 1 << 20;

/// The first moment that every format of files can hold.
const THEN: Duration = Duration::from_secs(315_532_800);

/// A folder of this machine, and where the interpreter sees it.
pub(super) struct Mount<'a> {
    pub(super) folder: &'a Path,
    pub(super) at: &'a str,
}

/// Why a module could not be loaded.
#[derive(Debug)]
pub(super) enum LoadError {
    /// The module's code went wrong; what the interpreter printed.
    Said(String),
    /// The base is not what it was when it was made.
    Base(String),
}

impl LoadError {
    fn base(error: &wasmtime::Error) -> Self {
        Self::Base(
            error.chain().map(|cause| cause.to_string().replace('\n', " ")).collect::<Vec<_>>().join(": "),
        )
    }
}

/// The engine that bases are compiled for. The code runs once, for the time of an import: it is better soon than fast.
pub(super) fn engine() -> wasmtime::Result<Engine> {
    let mut config = Config::new();
    config.cranelift_opt_level(OptLevel::None).cranelift_regalloc_algorithm(RegallocAlgorithm::SinglePass);
    config.concurrency_support(false).max_wasm_stack(STACK).async_stack_size(THREAD_STACK);
    Engine::new(&config)
}

/// Machine code of a base that [`load`] takes.
pub(super) fn compile(engine: &Engine, base: &[u8]) -> Result<Vec<u8>, String> {
    let (_, instrumented) = Wizer::new().instrument_component(base).map_err(|error| error.to_string())?;
    let opened = interpreter::open(instrumented)?;
    let made = Component::new(engine, opened).and_then(|component| component.serialize());
    made.map_err(|error| format!("{error:#}"))
}

/// The component that `base` becomes once `code`, one line of Python, ran in it. `compiled` is what [`compile`] made of it.
pub(super) fn load(
    engine: &Engine,
    base: &[u8],
    compiled: &Component,
    mounts: &[Mount<'_>],
    code: &str,
    seed: [u8; 32],
) -> Result<Vec<u8>, LoadError> {
    let wizer = Wizer::new();
    let (context, _) = wizer.instrument_component(base).map_err(|error| LoadError::base(&error))?;
    let (out, error) = (MemoryOutputPipe::new(SAID), MemoryOutputPipe::new(SAID));
    let state = State::new(mounts, seed, &out, &error).map_err(|error| LoadError::base(&error))?;
    let mut store = Store::new(engine, state);
    let mut linker = Linker::new(engine);
    let instance = wasmtime_wasi::p2::add_to_linker_sync(&mut linker)
        .and_then(|()| files::plain(&mut linker))
        .and_then(|()| refuse_the_panel(&mut linker, compiled))
        .and_then(|()| linker.instantiate(&mut store, compiled))
        .map_err(|error| LoadError::base(&error))?;
    let mut guest = Guest { store, instance };
    match guest.run(code) {
        Ok(true) => {}
        Ok(false) => return Err(LoadError::Said(said(&out, &error))),
        // What trapped may have said why; a module can end the interpreter.
        Err(trap) => return Err(LoadError::Said(format!("{}{}", said(&out, &error), trap.root_cause()))),
    }
    let made = futures::executor::block_on(wizer.snapshot_component(&context, &mut guest));
    made.map_err(|error| LoadError::base(&error))
}

/// The panel's functions are there, since the component imports them, and none can be called: no panel is there.
fn refuse_the_panel(linker: &mut Linker<State>, compiled: &Component) -> wasmtime::Result<()> {
    let engine = compiled.engine().clone();
    for (interface, import) in compiled.component_type().imports(&engine) {
        let ComponentItem::ComponentInstance(functions) = import.ty else { continue };
        if interface.starts_with("wasi:") {
            continue;
        }
        let mut linker = linker.instance(interface)?;
        for (name, _) in
            functions.exports(&engine).filter(|(_, item)| matches!(item.ty, ComponentItem::ComponentFunc(_)))
        {
            let called = format!("{interface}#{name}");
            linker.func_new(name, move |_, _, _, _| {
                wasmtime::bail!(
                    "{called} was called while the module was imported, when there is no panel yet"
                )
            })?;
        }
    }
    Ok(())
}

fn said(out: &MemoryOutputPipe, error: &MemoryOutputPipe) -> String {
    String::from_utf8_lossy(&[out.contents(), error.contents()].concat()).into_owned()
}

pub(super) struct State {
    wasi: WasiCtx,
    table: ResourceTable,
}

impl State {
    fn new(
        mounts: &[Mount<'_>],
        seed: [u8; 32],
        out: &MemoryOutputPipe,
        error: &MemoryOutputPipe,
    ) -> wasmtime::Result<Self> {
        let mut wasi = WasiCtxBuilder::new();
        wasi.stdout(out.clone())
            .stderr(error.clone())
            .wall_clock(Still)
            .monotonic_clock(Still)
            .secure_random(StdRng::from_seed(seed))
            .insecure_random(StdRng::from_seed(seed))
            .insecure_random_seed(0)
            .allow_blocking_current_thread(true);
        for Mount { folder, at } in mounts {
            wasi.preopened_dir(folder, at, FsPerms::ReadOnly)?;
        }
        Ok(Self { wasi: wasi.build(), table: ResourceTable::new() })
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

/// A clock that stands.
struct Still;

impl HostWallClock for Still {
    fn resolution(&self) -> Duration {
        Duration::from_secs(1)
    }

    fn now(&self) -> Duration {
        THEN
    }
}

impl HostMonotonicClock for Still {
    fn resolution(&self) -> u64 {
        1
    }

    fn now(&self) -> u64 {
        0
    }
}

/// The interpreter of a base.
struct Guest {
    store: Store<State>,
    instance: Instance,
}

impl Guest {
    /// Runs one line of Python, and tells whether it ended well.
    fn run(&mut self, code: &str) -> wasmtime::Result<bool> {
        let state: u32 = self.call(interpreter::ENTER, ())?;
        let text: u32 = self.call(interpreter::TEXT, (code,))?;
        let bytes: u32 = self.call(interpreter::BYTES, (text,))?;
        let failed: u32 = self.call(interpreter::RUN, (bytes,))?;
        self.tell(interpreter::LEAVE, (state,))?;
        self.tell(interpreter::FORGET_HANDLES, ())?;
        self.tell(interpreter::FORGET_FOLDERS, ())?;
        Ok(failed == 0)
    }

    fn call<P>(&mut self, name: &str, params: P) -> wasmtime::Result<u32>
    where
        P: ComponentNamedList + Lower,
    {
        let function = self.instance.get_typed_func::<P, (u32,)>(&mut self.store, name)?;
        Ok(function.call(&mut self.store, params)?.0)
    }

    fn tell<P>(&mut self, name: &str, params: P) -> wasmtime::Result<()>
    where
        P: ComponentNamedList + Lower,
    {
        let function = self.instance.get_typed_func::<P, ()>(&mut self.store, name)?;
        function.call(&mut self.store, params)
    }

    /// Asks a function that the instrumentation added for a value.
    fn read<R, T>(&mut self, interface: &str, name: &str, take: impl FnOnce(&Store<State>, R) -> T) -> T
    where
        R: Lift + Send + Sync + 'static,
    {
        let read = |guest: &mut Self| {
            let Self { store, instance } = guest;
            let interface = instance.get_export_index(&mut *store, None, interface)?;
            let function = instance.get_export_index(&mut *store, Some(&interface), name)?;
            let function = instance.get_typed_func::<(), (R,)>(&mut *store, function).ok()?;
            Some(function.call(&mut *store, ()).ok()?.0)
        };
        #[expect(
            clippy::expect_used,
            reason = "the instrumentation added these functions, which read and cannot fail"
        )]
        let value = read(self).expect("an accessor");
        take(&self.store, value)
    }
}

impl ComponentInstanceState for Guest {
    async fn call_func_ret_list_u8(
        &mut self,
        interface: &str,
        name: &str,
        contents: impl FnOnce(&[u8]) + Send,
    ) {
        self.read(interface, name, |store, list: WasmList<u8>| contents(list.as_le_slice(store)));
    }

    async fn call_func_ret_s32(&mut self, interface: &str, name: &str) -> i32 {
        self.read(interface, name, |_, value| value)
    }

    async fn call_func_ret_s64(&mut self, interface: &str, name: &str) -> i64 {
        self.read(interface, name, |_, value| value)
    }

    async fn call_func_ret_f32(&mut self, interface: &str, name: &str) -> u32 {
        self.read(interface, name, |_, value: f32| value.to_bits())
    }

    async fn call_func_ret_f64(&mut self, interface: &str, name: &str) -> u64 {
        self.read(interface, name, |_, value: f64| value.to_bits())
    }
}
