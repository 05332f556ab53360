//! Short-lived values of one module, shared between its calls. Grant: `cache = true`. Other modules' values do not exist here:
//! every key belongs to the module that calls.

mod backend;
mod host;
mod limits;
#[cfg(test)]
mod tests;
