//! The host's functions, in one place: the generated imports in a component, and [`crate::testing`] in a native test.
//!
//! Modules use the typed functions of this crate; what is called here as it stands in the contract turns its errors into problems
//! by `?` too.

#[cfg(target_arch = "wasm32")]
pub use crate::bindings::host::caisson::module::*;

#[cfg(not(target_arch = "wasm32"))]
pub use crate::bindings::host::caisson::module::types;

#[cfg(not(target_arch = "wasm32"))]
pub use crate::testing::functions::*;
