//! How much of everything a component may hold.
//!
//! The largest components seen carry an interpreter: Python with its standard library is about 30 core modules, 30,000
//! functions and 10,000 imports between them. Each limit leaves such a guest room and stops what only an attack would need.

use super::ComponentError;

/// Components within components; toolchains nest two or three.
pub(super) const MAX_COMPONENT_DEPTH: usize = 8;
/// Type declarations within type declarations; an instance of an interface is one.
pub(super) const MAX_TYPE_DEPTH: usize = 16;

/// Places in one section where a type may begin within another. The parser calls itself for each that does, and has no bound of its
/// own: past its stack it would take the panel along. Real components have some dozens of what looks like one.
pub(super) const MAX_TYPE_OPENINGS: usize = 400;

/// A count with its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Count {
    Components,
    Modules,
    Instances,
    Types,
    Imports,
    Exports,
    Aliases,
    Functions,
    Canonicals,
    Tables,
    Memories,
    Globals,
    Elements,
    DataSegments,
    CustomSections,
}

impl Count {
    const ALL: usize = Self::CustomSections as usize + 1;

    const fn name_and_max(self) -> (&'static str, u64) {
        match self {
            Self::Components => ("components", 200),
            Self::Modules => ("core modules", 200),
            Self::Instances => ("instances", 2_000),
            Self::Types => ("types", 100_000),
            Self::Imports => ("imports", 50_000),
            Self::Exports => ("exports", 100_000),
            Self::Aliases => ("aliases", 50_000),
            Self::Functions => ("functions", 200_000),
            Self::Canonicals => ("canonical functions", 20_000),
            Self::Tables => ("tables", 64),
            Self::Memories => ("memories", 8),
            Self::Globals => ("globals", 50_000),
            Self::Elements => ("element segments", 20_000),
            Self::DataSegments => ("data segments", 100_000),
            Self::CustomSections => ("custom sections", 1_000),
        }
    }
}

/// Running totals over the whole component, nested modules and components included.
#[derive(Default)]
pub(super) struct Tally([u64; Count::ALL]);

impl Tally {
    /// Adds to a total.
    ///
    /// # Errors
    /// Once the total passes its limit.
    pub(super) fn add(&mut self, count: Count, more: u32) -> Result<(), ComponentError> {
        let total = &mut self.0[count as usize];
        *total = total.saturating_add(u64::from(more));
        let (what, max) = count.name_and_max();
        if *total > max { Err(ComponentError::TooMany { what, max }) } else { Ok(()) }
    }
}
