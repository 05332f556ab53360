//! The WebAssembly proposals that a module may use.

use wasmparser::WasmFeatures;

/// WebAssembly 2.0 with what current compilers emit on top of it, and the component model. No threads, garbage collection,
/// 64-bit or multiple memories, exceptions, typed function references or asynchronous functions: each of them widens what the
/// compiler and the engine must get right, and no module needs one. The engine takes its set from here.
#[must_use]
pub fn features() -> WasmFeatures {
    WasmFeatures::WASM2
        .union(WasmFeatures::EXTENDED_CONST)
        .union(WasmFeatures::TAIL_CALL)
        .union(WasmFeatures::RELAXED_SIMD)
        .union(WasmFeatures::COMPONENT_MODEL)
        .difference(WasmFeatures::GC_TYPES)
}
