//! What an expression may be, by where it stands.
//!
//! One thing is guarded here: a safe string, which minijinja prints unescaped, must only ever be printed as text between
//! elements. Safe strings come from the filters `safe`, `html` and `tojson` and from calling macros, blocks and `caller`. So
//! `safe` is refused, and the others may only be the last step of an expression that is printed as text: then none reaches
//! a variable, an argument, another filter or an attribute.

use minijinja::machinery::ast::{Call, CallArg, Expr, Filter};

use super::finding::{Fault, shown};
use super::markup::Placed;
use super::vocabulary::{FILTERS, FUNCTIONS, MARKUP_FILTERS, URL_FILTER, URL_FUNCTIONS};

/// Where an expression's value goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    /// Printed between elements, where markup may stand.
    Text,
    /// Anywhere that a plain value goes: an attribute, a condition, an argument, a variable.
    Plain,
}

/// Byte offset of an expression.
pub(super) fn offset(expr: &Expr<'_>) -> usize {
    usize::try_from(expr.span().start_offset).unwrap_or(usize::MAX)
}

/// Collects what is wrong with an expression.
pub(super) fn check(expr: &Expr<'_>, slot: Slot, faults: &mut Vec<Placed>) {
    let plain = |expr: &Expr<'_>, faults: &mut Vec<Placed>| check(expr, Slot::Plain, faults);
    match expr {
        Expr::Var(_) | Expr::Const(_) => {}
        Expr::Filter(filter) => check_filter(filter, offset(expr), slot, faults),
        Expr::Call(call) => check_call(call, offset(expr), slot, faults),
        Expr::IfExpr(choice) => {
            plain(&choice.test_expr, faults);
            check(&choice.true_expr, slot, faults);
            if let Some(otherwise) = &choice.false_expr {
                check(otherwise, slot, faults);
            }
        }
        Expr::UnaryOp(unary) => plain(&unary.expr, faults),
        Expr::BinOp(binary) => {
            plain(&binary.left, faults);
            plain(&binary.right, faults);
        }
        Expr::Compare(compare) => {
            plain(&compare.expr, faults);
            compare.ops.iter().for_each(|op| plain(&op.expr, faults));
        }
        Expr::Slice(slice) => {
            plain(&slice.expr, faults);
            [&slice.start, &slice.stop, &slice.step]
                .into_iter()
                .flatten()
                .for_each(|part| plain(part, faults));
        }
        Expr::Test(test) => {
            plain(&test.expr, faults);
            check_arguments(&test.args, faults);
        }
        Expr::GetAttr(get) => plain(&get.expr, faults),
        Expr::GetItem(get) => {
            plain(&get.expr, faults);
            plain(&get.subscript_expr, faults);
        }
        Expr::List(list) => list.items.iter().for_each(|item| plain(item, faults)),
        Expr::Tuple(tuple) => tuple.items.iter().for_each(|item| plain(item, faults)),
        Expr::Map(map) => map.keys.iter().chain(&map.values).for_each(|part| plain(part, faults)),
    }
}

/// Whether the value is a URL that the panel made or checked.
pub(super) fn gives_url(expr: &Expr<'_>) -> bool {
    match expr {
        Expr::Filter(filter) => filter.name == URL_FILTER,
        Expr::Call(call) => matches!(&call.expr, Expr::Var(var) if URL_FUNCTIONS.contains(&var.id)),
        Expr::IfExpr(choice) => {
            gives_url(&choice.true_expr) && choice.false_expr.as_ref().is_some_and(gives_url)
        }
        _ => false,
    }
}

fn check_arguments(arguments: &[CallArg<'_>], faults: &mut Vec<Placed>) {
    for argument in arguments {
        let (CallArg::Pos(expr)
        | CallArg::Kwarg(_, expr)
        | CallArg::PosSplat(expr)
        | CallArg::KwargSplat(expr)) = argument;
        check(expr, Slot::Plain, faults);
    }
}

fn check_filter(filter: &Filter<'_>, at: usize, slot: Slot, faults: &mut Vec<Placed>) {
    if let Err(fault) = judge_filter(filter.name, slot) {
        faults.push((at, fault));
    }
    if filter.name == "map" && !maps_by_known_name(filter) {
        faults.push((
            at,
            Fault::new(
                "the filter 'map' applies a filter that is not named literally, or not allowed here",
                "write map(\"upper\") with the name of a filter, or map(attribute=\"name\")",
            ),
        ));
    }
    if let Some(expr) = &filter.expr {
        check(expr, Slot::Plain, faults);
    }
    check_arguments(&filter.args, faults);
}

fn judge_filter(name: &str, slot: Slot) -> Result<(), Fault> {
    if FILTERS.contains(&name) || (slot == Slot::Text && MARKUP_FILTERS.contains(&name)) {
        return Ok(());
    }
    Err(if MARKUP_FILTERS.contains(&name) {
        Fault::new(
            format!("the filter '{name}' is used where only plain values go"),
            format!("print {{{{ value|{name} }}}} as text between elements, with |{name} as the last filter"),
        )
    } else if name == "safe" {
        Fault::new(
            "the filter 'safe' would print a value unescaped",
            "use |html in text, which lets harmless markup through",
        )
    } else {
        Fault::new(
            format!("there is no filter '{}'", shown(name)),
            "use one of the filters in the package format's documentation, or work the value out in the module",
        )
    })
}

/// `map("name")` applies the filter of that name, so the name must be one that gives plain values.
fn maps_by_known_name(filter: &Filter<'_>) -> bool {
    match filter.args.first() {
        Some(CallArg::Pos(Expr::Const(name))) => {
            name.value.as_str().is_some_and(|name| name != "map" && FILTERS.contains(&name))
        }
        Some(CallArg::Kwarg(..)) => filter.args.iter().all(|argument| matches!(argument, CallArg::Kwarg(..))),
        _ => false,
    }
}

/// Judges a call by what it calls.
pub(super) fn check_call(call: &Call<'_>, at: usize, slot: Slot, faults: &mut Vec<Placed>) {
    let gives_plain_value = match &call.expr {
        Expr::Var(var) => FUNCTIONS.contains(&var.id),
        Expr::GetAttr(get) => {
            matches!(&get.expr, Expr::Var(var) if var.id == "loop") && matches!(get.name, "cycle" | "changed")
        }
        _ => false,
    };
    if !gives_plain_value && slot != Slot::Text {
        faults.push((
            at,
            Fault::new(
                "a macro's call, whose result is markup, is used where only plain values go",
                "print it as text between elements: {{ macro(...) }} alone, without filters or operators",
            ),
        ));
    }
    check(&call.expr, Slot::Plain, faults);
    check_arguments(&call.args, faults);
}
