//! Host functions: one folder per WIT interface, grants, budgets, the call's trace.
