//! Memory and tables of a call, summed over all of its instances.

use caisson_types::Budget;
use wasmtime::ResourceLimiter;

use crate::meter::Limit;

/// Wasmtime's own `StoreLimits` caps each memory by itself; a component may have many, so this one caps their sum.
#[derive(Debug)]
pub(crate) struct Limits {
    memory_left: usize,
    memory_used: usize,
    tables_left: usize,
    /// The limit that was hit last: a refused growth most often ends in a trap that would not say why.
    hit: Option<Limit>,
}

impl Limits {
    pub(crate) fn new(budget: &Budget) -> Self {
        Self {
            memory_left: budget.memory_bytes,
            memory_used: 0,
            tables_left: budget.table_elements,
            hit: None,
        }
    }

    pub(crate) fn memory_used(&self) -> usize {
        self.memory_used
    }

    pub(crate) fn hit(&self) -> Option<Limit> {
        self.hit
    }
}

impl ResourceLimiter for Limits {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let more = desired.saturating_sub(current);
        if more > self.memory_left {
            self.hit = Some(Limit::Memory);
            return Ok(false);
        }
        self.memory_left -= more;
        self.memory_used += more;
        Ok(true)
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let more = desired.saturating_sub(current);
        if more > self.tables_left {
            self.hit = Some(Limit::Tables);
            return Ok(false);
        }
        self.tables_left -= more;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memories_are_summed() {
        let _case = caisson_threats::case(5, "memories are summed");
        let budget = Budget { memory_bytes: 100, ..caisson_types::Budgets::default().page };
        let mut limits = Limits::new(&budget);
        assert!(limits.memory_growing(0, 60, None).unwrap());
        assert!(limits.memory_growing(0, 40, None).unwrap());
        assert!(!limits.memory_growing(40, 41, None).unwrap());
        assert_eq!((limits.memory_used(), limits.hit()), (100, Some(Limit::Memory)));
    }
}
