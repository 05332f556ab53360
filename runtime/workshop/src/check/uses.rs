//! What a template names: strings, actions, tabs, pages, assets, other templates, variables.

use std::collections::BTreeSet;

use minijinja::Environment;
use minijinja::machinery::ast::{BinOpKind, Call, CallArg, Expr, Macro, Stmt};
use minijinja::machinery::parse;

/// Names that the panel or the engine gives every template of a module.
const GIVEN: [&str; 17] = [
    "action",
    "asset",
    "caller",
    "csrf",
    "debug",
    "dict",
    "frame_at",
    "icon",
    "locale",
    "loop",
    "namespace",
    "page",
    "range",
    "self",
    "super",
    "t",
    "tab",
];

/// A call of one of the panel's functions.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) function: String,
    /// What its first argument may be.
    pub(super) names: Vec<Name>,
    /// Names of its other arguments; none where they are not written down one by one.
    pub(super) arguments: Option<BTreeSet<String>>,
    pub(super) line: usize,
}

/// A name as far as it can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Name {
    Whole(String),
    /// What it begins with.
    Prefix(String),
    Unknown,
}

/// What one template names.
#[derive(Debug, Default)]
pub(super) struct Uses {
    pub(super) calls: Vec<Named>,
    /// Templates that it includes, imports or extends.
    pub(super) templates: BTreeSet<String>,
    /// Variables it takes from its data, such as `account.domain`.
    pub(super) variables: BTreeSet<String>,
}

impl Uses {
    /// Nothing for a template that does not parse: that is told elsewhere.
    pub(super) fn of(name: &str, source: &str) -> Self {
        let mut uses = Self::default();
        if let Ok(template) = parse(source, name, Default::default()) {
            uses.statement(&template);
        }
        let mut env = Environment::new();
        if env.add_template(name, source).is_ok()
            && let Ok(template) = env.get_template(name)
        {
            let is_given = |path: &String| GIVEN.contains(&path.split('.').next().unwrap_or_default());
            uses.variables =
                template.undeclared_variables(true).into_iter().filter(|path| !is_given(path)).collect();
        }
        uses
    }

    /// Calls of one function.
    pub(super) fn of_function<'u>(&'u self, function: &'u str) -> impl Iterator<Item = &'u Named> {
        self.calls.iter().filter(move |call| call.function == function)
    }

    fn body(&mut self, statements: &[Stmt<'_>]) {
        statements.iter().for_each(|statement| self.statement(statement));
    }

    fn statement(&mut self, statement: &Stmt<'_>) {
        match statement {
            Stmt::Template(template) => self.body(&template.children),
            Stmt::EmitExpr(emit) => self.expr(&emit.expr),
            Stmt::ForLoop(repeat) => {
                self.expr(&repeat.iter);
                self.maybe(repeat.filter_expr.as_ref());
                self.body(&repeat.body);
                self.body(&repeat.else_body);
            }
            Stmt::IfCond(branch) => {
                self.expr(&branch.expr);
                self.body(&branch.true_body);
                self.body(&branch.false_body);
            }
            Stmt::WithBlock(with) => {
                with.assignments.iter().for_each(|(_, value)| self.expr(value));
                self.body(&with.body);
            }
            Stmt::Set(set) => self.expr(&set.expr),
            Stmt::Block(block) => self.body(&block.body),
            Stmt::Import(import) => self.template(&import.expr),
            Stmt::FromImport(import) => self.template(&import.expr),
            Stmt::Extends(extends) => self.template(&extends.name),
            Stmt::Include(include) => self.template(&include.name),
            Stmt::Macro(declared) => self.declared(declared),
            Stmt::CallBlock(call) => {
                self.call(&call.call, usize::from(call.call.span().start_line));
                self.declared(&call.macro_decl);
            }
            // What is left takes no expression, or is refused in a module's template.
            _ => {}
        }
    }

    fn declared(&mut self, declared: &Macro<'_>) {
        declared.defaults.iter().for_each(|default| self.expr(default));
        self.body(&declared.body);
    }

    fn template(&mut self, name: &Expr<'_>) {
        if let Some(name) = name.as_const().as_ref().and_then(|value| value.as_str()) {
            self.templates.insert(name.trim_end_matches(".html").to_owned());
        }
    }

    fn maybe(&mut self, expr: Option<&Expr<'_>>) {
        if let Some(expr) = expr {
            self.expr(expr);
        }
    }

    fn expr(&mut self, expr: &Expr<'_>) {
        match expr {
            Expr::Var(_) | Expr::Const(_) => {}
            Expr::Slice(slice) => {
                self.expr(&slice.expr);
                [&slice.start, &slice.stop, &slice.step]
                    .into_iter()
                    .for_each(|part| self.maybe(part.as_ref()));
            }
            Expr::UnaryOp(unary) => self.expr(&unary.expr),
            Expr::BinOp(binary) => {
                self.expr(&binary.left);
                self.expr(&binary.right);
            }
            Expr::Compare(compare) => {
                self.expr(&compare.expr);
                compare.ops.iter().for_each(|op| self.expr(&op.expr));
            }
            Expr::IfExpr(choice) => {
                self.expr(&choice.test_expr);
                self.expr(&choice.true_expr);
                self.maybe(choice.false_expr.as_ref());
            }
            Expr::Filter(filter) => {
                self.maybe(filter.expr.as_ref());
                self.arguments(&filter.args);
            }
            Expr::Test(test) => {
                self.expr(&test.expr);
                self.arguments(&test.args);
            }
            Expr::GetAttr(get) => self.expr(&get.expr),
            Expr::GetItem(get) => {
                self.expr(&get.expr);
                self.expr(&get.subscript_expr);
            }
            Expr::Call(call) => self.call(call, usize::from(expr.span().start_line)),
            Expr::List(list) => list.items.iter().for_each(|item| self.expr(item)),
            Expr::Tuple(tuple) => tuple.items.iter().for_each(|item| self.expr(item)),
            Expr::Map(map) => map.keys.iter().chain(&map.values).for_each(|part| self.expr(part)),
        }
    }

    fn call(&mut self, call: &Call<'_>, line: usize) {
        if let Expr::Var(function) = &call.expr {
            let names = match call.args.first() {
                Some(CallArg::Pos(name)) => names(name),
                _ => vec![Name::Unknown],
            };
            let arguments = call.args.iter().skip(1).map(|argument| match argument {
                CallArg::Kwarg(name, _) => Some((*name).to_owned()),
                _ => None,
            });
            let arguments = arguments.collect();
            self.calls.push(Named { function: function.id.to_owned(), names, arguments, line });
        } else {
            self.expr(&call.expr);
        }
        self.arguments(&call.args);
    }

    fn arguments(&mut self, arguments: &[CallArg<'_>]) {
        for argument in arguments {
            let (CallArg::Pos(expr)
            | CallArg::Kwarg(_, expr)
            | CallArg::PosSplat(expr)
            | CallArg::KwargSplat(expr)) = argument;
            self.expr(expr);
        }
    }
}

/// Every name that an expression may give.
fn names(expr: &Expr<'_>) -> Vec<Name> {
    match expr {
        Expr::Const(text) => match text.value.as_str() {
            Some(text) => vec![Name::Whole(text.to_owned())],
            None => vec![Name::Unknown],
        },
        Expr::IfExpr(choice) => {
            let mut both = names(&choice.true_expr);
            both.extend(choice.false_expr.iter().flat_map(names));
            both
        }
        Expr::BinOp(binary) => match binary.op {
            BinOpKind::Concat => joined(&names(&binary.left), &names(&binary.right)),
            BinOpKind::ScOr => [names(&binary.left), names(&binary.right)].concat(),
            _ => vec![Name::Unknown],
        },
        _ => vec![Name::Unknown],
    }
}

fn joined(left: &[Name], right: &[Name]) -> Vec<Name> {
    let mut all = Vec::new();
    for left in left {
        match left {
            Name::Whole(left) => all.extend(right.iter().map(|right| match right {
                Name::Whole(right) => Name::Whole(format!("{left}{right}")),
                Name::Prefix(right) => Name::Prefix(format!("{left}{right}")),
                Name::Unknown => Name::Prefix(left.clone()),
            })),
            other => all.push(other.clone()),
        }
    }
    all
}
