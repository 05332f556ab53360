//! The functions and filters that a module's templates may use.
//!
//! An allow-list, because one function or filter that returns a safe string from a module's data would undo the escaping.
//! What is not listed here would not exist at render either, so refusing it at install is also the earlier error.

/// Functions whose result may be a whole `href`, `src`, `action`, `hx-get` or `hx-post`: they give addresses below the
/// module's own prefix.
pub const URL_FUNCTIONS: &[&str] = &["action", "asset", "page", "tab"];

/// Every function that gives plain values: those of [`URL_FUNCTIONS`], the translation `t`, and minijinja's constructors.
/// Any other call is taken for a macro's, whose result is markup.
pub const FUNCTIONS: &[&str] = &["action", "asset", "dict", "namespace", "page", "range", "t", "tab"];

/// The filter that ends every other expression in a URL attribute. It lets http, https, mailto and relative addresses through.
pub const URL_FILTER: &str = "url";

/// Filters whose result is markup, so that they may only end an expression that stands in text: `html` sanitises, and
/// `tojson` escapes for text but leaves double quotes.
pub const MARKUP_FILTERS: &[&str] = &["html", "tojson"];

/// Filters that give plain values.
pub const FILTERS: &[&str] = &[
    // The panel's.
    "ago",
    "bytes",
    "date",
    "datetime",
    "duration",
    "money",
    "number",
    "time",
    "url",
    // minijinja's.
    "abs",
    "attr",
    "batch",
    "bool",
    "capitalize",
    "chain",
    "count",
    "d",
    "default",
    "dictsort",
    "e",
    "escape",
    "first",
    "float",
    "format",
    "groupby",
    "indent",
    "int",
    "items",
    "join",
    "last",
    "length",
    "lines",
    "list",
    "lower",
    "map",
    "max",
    "min",
    "pprint",
    "reject",
    "rejectattr",
    "replace",
    "reverse",
    "round",
    "select",
    "selectattr",
    "slice",
    "sort",
    "split",
    "string",
    "sum",
    "title",
    "trim",
    "unique",
    "upper",
    "urlencode",
    "zip",
];

/// Names that a template must not bind to something of its own: the rules on calls go by them.
pub(super) fn is_reserved(name: &str) -> bool {
    FUNCTIONS.contains(&name) || matches!(name, "loop" | "self" | "super" | "caller")
}
