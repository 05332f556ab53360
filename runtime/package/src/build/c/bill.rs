//! What is in a C module beside its author's files: the kit, the C library, and the compiler's own.

use super::clang::Clang;
use crate::build::BuildError;
use crate::sbom::{Component, Kind, Scope};

/// Parts of any module in C: sources that an author brought along have no names that a machine could read.
pub(in crate::build) fn parts() -> Result<Vec<Component>, BuildError> {
    let clang = Clang::find()?;
    let llvm = |kind, name| {
        Component::part(kind, name, clang.version()).with_licence(Some("Apache-2.0 WITH LLVM-exception"))
    };
    let mut libc = Component::new(Kind::Library, "wasi-libc");
    libc.bom_ref = Some("wasi-libc".to_owned());
    libc.scope = Some(Scope::Required);
    Ok(vec![
        Component::kit("c", env!("CARGO_PKG_VERSION")),
        libc.with_licence(Some("Apache-2.0 WITH LLVM-exception AND MIT")),
        llvm(Kind::Library, "compiler-rt"),
        llvm(Kind::Application, "clang").with_scope(Scope::Excluded),
    ])
}
