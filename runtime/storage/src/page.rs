//! One page of a longer list.

use serde::{Deserialize, Serialize};

/// Which part of a list, and what it must contain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PageQuery {
    /// Text that must occur in one of the columns that the list searches; upper and lower case alike.
    pub search: Option<String>,
    /// Column to sort by, with a dash in front to run downwards; the newest come first without one, and where the list does
    /// not sort by it.
    pub order: Option<String>,
    /// Rows to skip.
    pub offset: u64,
    /// Rows to return, at most [`PageQuery::MOST`].
    pub limit: u64,
}

impl PageQuery {
    /// A page is for people: more rows than this are an export.
    pub const MOST: u64 = 500;

    /// The first `limit` rows.
    #[must_use]
    pub fn first(limit: u64) -> Self {
        Self { search: None, order: None, offset: 0, limit }
    }
}

impl Default for PageQuery {
    fn default() -> Self {
        Self::first(50)
    }
}

/// A part of a list, and how long the list is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub total: u64,
}
