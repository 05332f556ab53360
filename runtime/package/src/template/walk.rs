//! One template, followed statement by statement along every path.

use std::collections::BTreeMap;

use minijinja::machinery::ast::{CallBlock, Expr, ForLoop, IfCond, Macro, Stmt};
use minijinja::machinery::{Span, parse};

use super::attributes::Rule;
use super::expressions::{self, Slot};
use super::finding::{Fault, TemplateFinding, shown};
use super::markup::{self, Placed};
use super::state::{Place, State};
use super::values::example;
use super::{PANEL_PREFIX, limits, vocabulary};

/// Findings reported of one template; an author mends the first ones first.
const MAX_FINDINGS: usize = 50;

/// Everything that is wrong with a template.
pub(super) fn check(name: &str, source: &str, templates: &BTreeMap<String, String>) -> Vec<TemplateFinding> {
    let mut walker = Walker { source, templates, faults: Vec::new() };
    if let Err(fault) = walker.whole(name) {
        walker.faults.push(fault);
    }
    let mut faults = walker.faults;
    faults.sort_by_key(|(at, _)| *at);
    faults.truncate(MAX_FINDINGS);
    faults
        .into_iter()
        .map(|(at, Fault { message, mend })| TemplateFinding {
            template: name.to_owned(),
            line: line_of(source, at),
            message,
            mend,
        })
        .collect()
}

fn line_of(source: &str, at: usize) -> usize {
    let before = source.as_bytes().get(..at).unwrap_or(source.as_bytes());
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}

fn at(span: Span) -> usize {
    usize::try_from(span.start_offset).unwrap_or(usize::MAX)
}

struct Walker<'s> {
    source: &'s str,
    templates: &'s BTreeMap<String, String>,
    faults: Vec<Placed>,
}

impl Walker<'_> {
    fn whole(&mut self, name: &str) -> Result<(), Placed> {
        let source = self.source;
        if name.starts_with(PANEL_PREFIX) {
            let mend = "move it to another folder of views/";
            return Err((
                0,
                Fault::new(format!("the names below {PANEL_PREFIX} are the panel's own templates"), mend),
            ));
        }
        if let Some((at, _)) =
            source.char_indices().find(|(_, c)| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        {
            return Err((at, Fault::new("a control character stands in the template", "remove it")));
        }
        limits::check(source)?;
        let template = parse(source, name, Default::default()).map_err(|error| self.syntax(&error))?;
        let end = self.body(std::slice::from_ref(&template), State::default())?;
        end.must_be_complete("the template").map_err(|fault| (source.trim_end().len(), fault))
    }

    /// minijinja's own words, at its line.
    fn syntax(&self, error: &minijinja::Error) -> Placed {
        let line = error.line().unwrap_or(1);
        let at: usize = self.source.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
        let detail = error.detail().map_or_else(|| error.kind().to_string(), shown);
        (
            at,
            Fault::new(
                format!("the template's syntax is wrong: {detail}"),
                "see the syntax of minijinja templates",
            ),
        )
    }

    /// Follows statements from a state to the state after them.
    fn body(&mut self, statements: &[Stmt<'_>], mut state: State) -> Result<State, Placed> {
        for statement in statements {
            state = self.statement(statement, state)?;
        }
        Ok(state)
    }

    fn statement(&mut self, statement: &Stmt<'_>, mut state: State) -> Result<State, Placed> {
        match statement {
            Stmt::Template(template) => return self.body(&template.children, state),
            Stmt::EmitRaw(raw) => {
                // A piece is a slice of the source, trimmed or not; where it begins tells its place exactly.
                let at = (raw.raw.as_ptr() as usize).saturating_sub(self.source.as_ptr() as usize);
                return markup::read(state, raw.raw, at, &mut self.faults);
            }
            Stmt::EmitExpr(emit) => return self.print(&emit.expr, at(emit.span()), state),
            _ => state.meet_block(),
        }
        match statement {
            Stmt::IfCond(branch) => self.branch(branch, at(branch.span()), state),
            Stmt::ForLoop(repeat) => self.repeat(repeat, at(repeat.span()), state),
            Stmt::WithBlock(with) => {
                for (target, value) in &with.assignments {
                    self.bind(target);
                    self.plain(value);
                }
                self.body(&with.body, state)
            }
            Stmt::Set(set) => {
                self.bind(&set.target);
                self.plain(&set.expr);
                Ok(state)
            }
            Stmt::Block(block) => {
                self.must_take_markup(&state, "a block", at(block.span()))?;
                self.apart(&block.body, "the block", at(block.span()))?;
                Ok(state)
            }
            Stmt::Macro(declared) => {
                self.bind_name(declared.name, at(declared.span()));
                self.declare(declared, at(declared.span()))?;
                Ok(state)
            }
            Stmt::CallBlock(call) => self.call(call, state),
            Stmt::Import(import) => {
                self.template(&import.expr);
                self.bind(&import.name);
                Ok(state)
            }
            Stmt::FromImport(import) => {
                self.template(&import.expr);
                for (name, alias) in &import.names {
                    self.bind(alias.as_ref().unwrap_or(name));
                }
                Ok(state)
            }
            Stmt::Extends(extends) => {
                self.template(&extends.name);
                Ok(state)
            }
            Stmt::Include(include) => {
                self.must_take_markup(&state, "an include", at(include.span()))?;
                self.template(&include.name);
                Ok(state)
            }
            other => Err(refused(other)),
        }
    }

    /// An expression that is printed.
    fn print(&mut self, expr: &Expr<'_>, at: usize, mut state: State) -> Result<State, Placed> {
        let slot = if state.takes_markup() { Slot::Text } else { Slot::Plain };
        match &mut state.place {
            Place::Text => {}
            Place::Tag(tag) => {
                return Err((
                    at,
                    Fault::new(
                        format!("an expression stands in the tag <{}> outside of quotes", tag.element.name),
                        "write name=\"{{ ... }}\", or {% if ... %} name{% endif %} for an attribute that comes and goes",
                    ),
                ));
            }
            Place::Value(_, value) => {
                let first = value.literal.is_empty() && value.expressions == 0;
                value.begins_with_expression |= first;
                value.expressions += 1;
                let is_url = matches!(value.rule, Rule::Link | Rule::Address);
                if is_url && first && !expressions::gives_url(expr) {
                    let name = &value.name;
                    let mend = format!(
                        "write {name}=\"{{{{ {} }}}}\" for the module's own pages, or end the expression with |url",
                        example(name)
                    );
                    self.faults
                        .push((at, Fault::new(format!("the expression in '{name}' may give any URL"), mend)));
                }
            }
        }
        expressions::check(expr, slot, &mut self.faults);
        Ok(state)
    }

    fn branch(&mut self, branch: &IfCond<'_>, at: usize, state: State) -> Result<State, Placed> {
        self.plain(&branch.expr);
        let one = self.body(&branch.true_body, state.clone())?;
        let other = self.body(&branch.false_body, state)?;
        one.join(other).map_err(|fault| (at, fault))
    }

    fn repeat(&mut self, repeat: &ForLoop<'_>, at: usize, state: State) -> Result<State, Placed> {
        self.bind(&repeat.target);
        self.plain(&repeat.iter);
        if let Some(filter) = &repeat.filter_expr {
            self.plain(filter);
        }
        // Once round must lead back to where it began: then any number of rounds does.
        let round = self.body(&repeat.body, state.clone())?;
        let otherwise = self.body(&repeat.else_body, state.clone())?;
        let placed = |fault| (at, fault);
        round.join(state).map_err(placed)?.join(otherwise).map_err(placed)
    }

    fn call(&mut self, call: &CallBlock<'_>, state: State) -> Result<State, Placed> {
        let at = at(call.call.span());
        self.must_take_markup(&state, "a call block", at)?;
        expressions::check_call(&call.call, at, Slot::Text, &mut self.faults);
        self.declare(&call.macro_decl, at)?;
        Ok(state)
    }

    /// A macro's parameters and body.
    fn declare(&mut self, declared: &Macro<'_>, at: usize) -> Result<(), Placed> {
        declared.args.iter().for_each(|argument| self.bind(argument));
        declared.defaults.iter().for_each(|default| self.plain(default));
        self.apart(&declared.body, "the macro", at)
    }

    /// A body that is printed somewhere else between elements, so that it must stand by itself.
    fn apart(&mut self, body: &[Stmt<'_>], what: &str, at: usize) -> Result<(), Placed> {
        let end = self.body(body, State::default())?;
        end.must_be_complete(what).map_err(|fault| (at, fault))
    }

    fn must_take_markup(&self, state: &State, what: &str, at: usize) -> Result<(), Placed> {
        if state.takes_markup() {
            return Ok(());
        }
        Err((
            at,
            Fault::new(
                format!("{what} stands inside a tag, a value or a <textarea>"),
                "move it between elements",
            ),
        ))
    }

    fn plain(&mut self, expr: &Expr<'_>) {
        expressions::check(expr, Slot::Plain, &mut self.faults);
    }

    /// A name that another template is reached by.
    fn template(&mut self, expr: &Expr<'_>) {
        let name = match expr {
            Expr::Const(name) => name.value.as_str().map(str::to_owned),
            _ => None,
        };
        let fault = match name {
            None => Fault::new("a template is named by an expression", "name it literally: \"partials/row\""),
            Some(name) if self.templates.contains_key(&name) || name.starts_with(PANEL_PREFIX) => return,
            Some(name) => Fault::new(
                format!("there is no template '{}' in the package", shown(&name)),
                "name it by its path below views/ without .html, or one of the panel's such as \"ui/form\"",
            ),
        };
        self.faults.push((expressions::offset(expr), fault));
    }

    /// Names that a statement gives a value.
    fn bind(&mut self, target: &Expr<'_>) {
        match target {
            Expr::Var(var) => self.bind_name(var.id, expressions::offset(target)),
            Expr::List(list) => list.items.iter().for_each(|item| self.bind(item)),
            Expr::Tuple(tuple) => tuple.items.iter().for_each(|item| self.bind(item)),
            _ => {}
        }
    }

    fn bind_name(&mut self, name: &str, at: usize) {
        if vocabulary::is_reserved(name) {
            let fault = Fault::new(format!("the name '{name}' is the panel's own"), "choose another name");
            self.faults.push((at, fault));
        }
    }
}

/// Statements that no view may have.
fn refused(statement: &Stmt<'_>) -> Placed {
    match statement {
        Stmt::AutoEscape(block) => (
            at(block.span()),
            Fault::new(
                "{% autoescape %} would change how values are escaped",
                "remove it: everything is escaped as HTML",
            ),
        ),
        Stmt::SetBlock(block) => (
            at(block.span()),
            Fault::new(
                "{% set %} with a body captures markup",
                "declare a {% macro %} and call it where the markup goes",
            ),
        ),
        Stmt::FilterBlock(block) => (
            at(block.span()),
            Fault::new("{% filter %} would change finished markup", "apply the filter to the values inside"),
        ),
        Stmt::Do(call) => {
            (at(call.span()), Fault::new("{% do %} is not supported", "print the call: {{ macro(...) }}"))
        }
        _ => (
            0,
            Fault::new(
                "a statement is not supported",
                "use if, for, with, set, block, macro, call, include, import or extends",
            ),
        ),
    }
}
