//! Lists: what a query string asks for, and the `listing` that the page draws from it.

use std::collections::HashMap;
use std::fmt::Display;
use std::time::Duration;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use caisson_storage::PageQuery;
use caisson_types::{ModuleKey, Timestamp};

use super::error::PageError;
use super::ui::Ui;
use crate::App;
use crate::view::{FilterOption, ListFilter, Listing, Window};

/// How far back a list may be asked to go, in hours.
const BACK: [(&str, &str, u32); 3] =
    [("hour", "ui-last-hour", 1), ("day", "ui-last-day", 24), ("week", "ui-last-week", 7 * 24)];

/// Rows of one page.
const ROWS: u64 = 25;

/// The query string of a list page.
pub(super) struct Asked(HashMap<String, String>);

impl FromRequestParts<App> for Asked {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        // A query string that does not parse asks for nothing.
        let query = Query::from_request_parts(parts, app).await;
        Ok(Self(query.map(|Query(map)| map).unwrap_or_default()))
    }
}

impl Asked {
    /// A value, if there is one.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// A value that means something; anything else is as good as none.
    pub(super) fn parse<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.get(name)?.parse().ok()
    }

    pub(super) fn page(&self) -> PageQuery {
        let down = self.get("dir") == Some("desc");
        PageQuery {
            search: self.get("search").map(str::to_owned),
            order: self.get("sort").map(|column| format!("{}{column}", if down { "-" } else { "" })),
            offset: self.parse("offset").unwrap_or_default(),
            limit: ROWS,
        }
    }

    /// The `listing` of `base`, which can be searched.
    pub(super) fn listing(&self, base: &str, total: u64, filters: Vec<ListFilter>) -> Listing {
        let window = Window { offset: self.parse("offset").unwrap_or_default(), limit: ROWS, total };
        let search = Some(self.get("search").unwrap_or_default().to_owned());
        let sort = self.get("sort").map(|column| (column.to_owned(), self.get("dir") == Some("desc")));
        Listing::new(base, window, search, sort, filters)
    }

    /// A filter over words that have strings of their own, `status-…` say.
    pub(super) fn words<W: Display>(
        &self,
        ui: &Ui,
        name: &str,
        label: &str,
        prefix: &str,
        words: impl IntoIterator<Item = W>,
    ) -> ListFilter {
        let option =
            |word: W| FilterOption { value: word.to_string(), label: ui.t(&format!("{prefix}{word}"), &[]) };
        self.filter(name, ui.t(label, &[]), words.into_iter().map(option).collect())
    }

    /// A filter over the active modules.
    pub(super) fn modules(&self, ui: &Ui) -> ListFilter {
        let mut options: Vec<FilterOption> = ui
            .app
            .registry()
            .all_active()
            .iter()
            .map(|active| FilterOption {
                value: active.key.to_string(),
                label: active.manifest.module.title.clone(),
            })
            .collect();
        options.sort_by(|a, b| a.label.cmp(&b.label));
        self.filter("module", ui.t("col-module", &[]), options)
    }

    /// A filter over how far back.
    pub(super) fn times(&self, ui: &Ui, name: &str) -> ListFilter {
        let option = |(word, label, _): (&str, &str, u32)| FilterOption {
            value: word.to_owned(),
            label: ui.t(label, &[]),
        };
        self.filter(name, ui.t("ui-time", &[]), BACK.map(option).into())
    }

    /// How far back [`Asked::times`] was told to go.
    pub(super) fn back(&self, name: &str) -> Option<Timestamp> {
        let (_, _, hours) = BACK.into_iter().find(|(word, _, _)| self.get(name) == Some(word))?;
        Some(Timestamp::now().before(Duration::from_secs(3_600) * hours))
    }

    /// What only a link narrows the list to, as filters of one choice: it can be seen, and taken back.
    pub(super) fn given<const N: usize>(&self, ui: &Ui, names: [(&str, &str); N]) -> Vec<ListFilter> {
        let given = names.into_iter().filter_map(|(name, label)| {
            let (value, label) = (self.get(name)?, ui.t(label, &[]));
            // The end of an id tells ids apart that were made in one moment.
            let short = if value.len() == 36 { value.get(28..).unwrap_or(value) } else { value };
            let option = FilterOption { value: value.to_owned(), label: format!("{label} {short}") };
            Some(self.filter(name, label, vec![option]))
        });
        given.collect()
    }

    pub(super) fn module(&self) -> Option<ModuleKey> {
        self.parse("module")
    }

    pub(super) fn filter(&self, name: &str, label: String, options: Vec<FilterOption>) -> ListFilter {
        let value = self.get(name).unwrap_or_default().to_owned();
        ListFilter { name: name.to_owned(), label, value, options }
    }
}
