//! The engine: compilation, instance cache, budgets, the call itself.
