//! What a list page needs beside its rows: the `listing` that `ui/table.html` draws search, filters, sorting and pages from.

use serde::Serialize;

/// The `listing` of a list page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Listing {
    /// Path of the page.
    pub base: String,
    /// What was searched for; `None` where the list cannot be searched.
    pub search: Option<String>,
    pub sort: Option<String>,
    /// `asc` or `desc`.
    pub dir: &'static str,
    pub filters: Vec<ListFilter>,
    /// Whether a search or a filter narrows the list.
    pub filtered: bool,
    pub total: u64,
    /// Number of the first and the last row that is shown; 0 where there is none.
    pub from: u64,
    pub to: u64,
    pub prev: Option<String>,
    pub next: Option<String>,
    /// Address of the list with everything but the order, ready for `sort=` to be added.
    pub sort_base: String,
    /// What the address of the page itself asks for, such as its tab: a form that replaces the rest must say it again.
    pub kept: Vec<(String, String)>,
}

/// A choice that narrows the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListFilter {
    pub name: String,
    pub label: String,
    /// What is chosen; empty means everything.
    pub value: String,
    pub options: Vec<FilterOption>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FilterOption {
    pub value: String,
    pub label: String,
}

/// Which rows of how many are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub offset: u64,
    pub limit: u64,
    pub total: u64,
}

impl Listing {
    /// The listing of `base`. `search` is `Some("")` where the list can be searched and is not; `sort` is the column and
    /// whether it runs downwards.
    #[must_use]
    pub fn new(
        base: impl Into<String>,
        window: Window,
        search: Option<String>,
        sort: Option<(String, bool)>,
        filters: Vec<ListFilter>,
    ) -> Self {
        let base = base.into();
        let mut kept: Vec<(&str, &str)> = Vec::new();
        if let Some(search) = search.as_deref().filter(|search| !search.is_empty()) {
            kept.push(("search", search));
        }
        for filter in filters.iter().filter(|filter| !filter.value.is_empty()) {
            kept.push((&filter.name, &filter.value));
        }
        let filtered = !kept.is_empty();
        let sort_base = address(&base, &kept);
        let dir = if sort.as_ref().is_some_and(|(_, down)| *down) { "desc" } else { "asc" };
        let order = sort.as_ref().map(|(column, _)| column.as_str());
        if let Some(column) = order {
            kept.extend([("sort", column), ("dir", dir)]);
        }
        let Window { offset, limit, total } = window;
        let at = |offset: u64| {
            let offset = offset.to_string();
            let mut pairs = kept.clone();
            if offset != "0" {
                pairs.push(("offset", &offset));
            }
            address(&base, &pairs)
        };
        let end = offset.saturating_add(limit).min(total);
        Self {
            prev: (offset > 0).then(|| at(offset.saturating_sub(limit))),
            next: (end < total).then(|| at(end)),
            from: if offset < end { offset + 1 } else { 0 },
            to: if offset < end { end } else { 0 },
            sort_base: if sort_base.contains('?') { sort_base + "&" } else { sort_base + "?" },
            kept: base
                .split_once('?')
                .map(|(_, query)| url::form_urlencoded::parse(query.as_bytes()).into_owned().collect())
                .unwrap_or_default(),
            sort: order.map(str::to_owned),
            base,
            search,
            dir,
            filters,
            filtered,
            total,
        }
    }
}

fn address(base: &str, pairs: &[(&str, &str)]) -> String {
    if pairs.is_empty() {
        return base.to_owned();
    }
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let joint = if base.contains('?') { '&' } else { '?' };
    format!("{base}{joint}{query}")
}
