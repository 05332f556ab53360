//! Questions: from a module's query to a statement, every name looked up, every value bound.

use std::collections::HashSet;

use sea_query::extension::postgres::PgExpr as _;
use sea_query::{
    Alias, Cond, Expr, ExprTrait as _, Func, IntoIden as _, JoinType, LikeExpr, NullOrdering, Order,
    SelectStatement,
};

use super::Schema;
use super::error::{Result, TableError, invalid, missing};
use super::model::{
    Aggregate, Column, Condition, Expression, JoinKind, Kind, Operator, Predicate, Projection, Query, Table,
    Value,
};
use super::names::{self, Names};
use super::value::encode;
use crate::Dialect;

/// Most columns, joins, predicates and operands of one statement.
const PARTS_MAX: usize = 100;
const OPERANDS_MAX: usize = 1_000;

/// Tables of one statement, by the names it knows them by.
pub(super) struct Sources<'s> {
    tables: Vec<&'s Table>,
    dialect: Dialect,
}

/// A column of a statement's tables.
#[derive(Clone, Copy)]
pub(super) struct Found<'s> {
    table: &'s Table,
    pub(super) column: &'s Column,
}

impl Found<'_> {
    pub(super) fn expr(&self) -> Expr {
        Expr::col((Alias::new(self.table.name.as_str()), Alias::new(self.column.name.as_str())))
    }

    fn name(&self) -> String {
        format!("{}.{}", self.table.name, self.column.name)
    }
}

impl<'s> Sources<'s> {
    pub(super) fn new(dialect: Dialect, table: &'s Table) -> Self {
        Self { tables: vec![table], dialect }
    }

    /// `column` of the first table, or `table.column`.
    pub(super) fn find(&self, name: &str) -> Result<Found<'s>> {
        let (table, column) = match name.split_once('.') {
            None => (self.tables.first().copied(), name),
            Some((table, column)) => (self.tables.iter().copied().find(|known| known.name == table), column),
        };
        let missing = || {
            let shown: String = name.chars().take(100).collect();
            missing(format!("there is no column '{}' in this statement's tables", shown.escape_debug()))
        };
        let table = table.ok_or_else(missing)?;
        Ok(Found { table, column: table.column(column).ok_or_else(missing)? })
    }

    pub(super) fn condition(&self, condition: &Condition) -> Result<Cond> {
        if condition.iter().map(Vec::len).sum::<usize>() > PARTS_MAX || condition.len() > PARTS_MAX {
            return invalid(format!("a condition has at most {PARTS_MAX} predicates"));
        }
        let mut all = Cond::all();
        for either in condition {
            let mut any = Cond::any();
            for predicate in either {
                any = any.add(self.predicate(predicate)?);
            }
            // An empty list holds never: nothing in it does.
            all = all.add(if either.is_empty() { Cond::all().add(Expr::val(1).eq(0)) } else { any });
        }
        Ok(all)
    }

    fn predicate(&self, predicate: &Predicate) -> Result<Expr> {
        use Operator as O;
        let found = self.find(&predicate.column)?;
        let Column { name, kind, .. } = found.column;
        let expected = match predicate.operator {
            O::IsNull | O::NotNull => 0..=0,
            O::Between | O::NotBetween => 2..=2,
            O::In | O::NotIn => 0..=OPERANDS_MAX,
            _ => 1..=1,
        };
        if !expected.contains(&predicate.operands.len()) {
            return invalid(format!(
                "the operator {:?} on '{name}' does not take {} operands",
                predicate.operator,
                predicate.operands.len()
            ));
        }
        if predicate.operands.contains(&Value::Null) {
            return invalid(format!(
                "'{name}' is compared with null, which is never true: use is-null or not-null"
            ));
        }
        let unordered = matches!(kind, Kind::Json | Kind::Bytes);
        if unordered && !matches!(predicate.operator, O::Eq | O::Ne | O::IsNull | O::NotNull) {
            return invalid(format!("'{name}' can only be compared for equality"));
        }
        let column = found.expr();
        if let (O::Like | O::NotLike, [pattern]) = (predicate.operator, predicate.operands.as_slice()) {
            let Value::Text(pattern) = pattern else {
                return invalid(format!("the pattern for '{name}' is not text"));
            };
            return self.like(kind, name, column, pattern, predicate.operator == O::NotLike);
        }
        let values = predicate.operands.iter().map(|value| encode(kind, name, value));
        let mut values = values.collect::<Result<Vec<_>>>()?.into_iter();
        let mut next =
            || values.next().ok_or_else(|| TableError::Invalid(format!("'{name}' lacks an operand")));
        Ok(match predicate.operator {
            O::Eq => column.eq(next()?),
            O::Ne => column.ne(next()?),
            O::Lt => column.lt(next()?),
            O::Le => column.lte(next()?),
            O::Gt => column.gt(next()?),
            O::Ge => column.gte(next()?),
            O::Between => column.between(next()?, next()?),
            O::NotBetween => column.not_between(next()?, next()?),
            O::In => column.is_in(values),
            O::NotIn => column.is_not_in(values),
            O::IsNull => column.is_null(),
            O::NotNull | O::Like | O::NotLike => column.is_not_null(),
        })
    }

    /// `%` and `_` are wild, `\` takes that from them; letters A to Z match in either case, as SQLite has it.
    fn like(&self, kind: &Kind, name: &str, column: Expr, pattern: &str, not: bool) -> Result<Expr> {
        if !kind.is_text() {
            return invalid(format!("'{name}' is not text, so it cannot be like a pattern"));
        }
        if pattern.len() > 1_000 || pattern.contains('\0') {
            return invalid(format!(
                "the pattern for '{name}' is longer than 1000 bytes, or has a NUL in it"
            ));
        }
        if pattern.replace("\\\\", "").ends_with('\\') {
            return invalid(format!("the pattern for '{name}' ends in a '\\' that escapes nothing"));
        }
        let escaped = || LikeExpr::new(pattern).escape('\\');
        Ok(match (self.dialect, not) {
            (Dialect::Sqlite, false) => column.like(escaped()),
            (Dialect::Sqlite, true) => column.not_like(escaped()),
            // There `\` escapes by itself.
            (Dialect::Postgres, false) => column.ilike(pattern),
            (Dialect::Postgres, true) => column.not_ilike(pattern),
        })
    }
}

/// A statement that answers, and the columns of its answer.
pub(super) struct Select {
    pub(super) statement: SelectStatement,
    pub(super) columns: Vec<(String, Kind)>,
}

/// `rows` is the most that may be answered; one more is asked for, to tell.
pub(super) fn select(names: &Names, schema: &Schema, query: &Query, rows: u32) -> Result<Select> {
    let parts = [query.columns.len(), query.joins.len(), query.group_by.len(), query.order_by.len()];
    if parts.iter().any(|part| *part > PARTS_MAX) {
        return invalid(format!("a query has at most {PARTS_MAX} columns, joins, groups and orders each"));
    }
    let mut sources = Sources::new(names.dialect, schema.table(&query.table)?);
    let mut statement = SelectStatement::new();
    statement.from(names.table_as(&query.table));
    for join in &query.joins {
        let table = schema.table(&join.table)?;
        if sources.tables.iter().any(|known| known.name == table.name) {
            return invalid(format!("the table '{}' stands twice in one query", table.name));
        }
        sources.tables.push(table);
        let (left, right) = (sources.find(&join.left)?, sources.find(&join.right)?);
        if left.column.kind.class() != right.column.kind.class() {
            return invalid(format!("'{}' and '{}' are of different types", join.left, join.right));
        }
        let kind = match join.kind {
            JoinKind::Inner => JoinType::InnerJoin,
            JoinKind::Left => JoinType::LeftJoin,
        };
        statement.join(kind, names.table_as(&join.table), left.expr().equals(right_column(&right)));
    }
    statement.cond_where(sources.condition(&query.condition)?);
    let groups: Vec<_> = query.group_by.iter().map(|name| sources.find(name)).collect::<Result<_>>()?;
    for group in &groups {
        statement.add_group_by([group.expr()]);
    }
    let columns = project(&mut statement, &sources, query, &groups)?;
    order(&mut statement, &sources, query, &groups, &columns)?;
    if query.distinct {
        statement.distinct();
    }
    statement.limit(std::cmp::min(u64::from(query.limit.unwrap_or(u32::MAX)), u64::from(rows) + 1));
    if let Some(offset) = query.offset {
        if i64::try_from(offset).is_err() {
            return invalid("the offset is too large");
        }
        statement.offset(offset);
    }
    Ok(Select { statement, columns })
}

fn right_column(found: &Found<'_>) -> (Alias, Alias) {
    (Alias::new(found.table.name.as_str()), Alias::new(found.column.name.as_str()))
}

/// Writes what is asked for; a plain column beside groups or sums must itself be a group.
fn project(
    statement: &mut SelectStatement,
    sources: &Sources<'_>,
    query: &Query,
    groups: &[Found<'_>],
) -> Result<Vec<(String, Kind)>> {
    let all: Vec<Projection>;
    let asked = if query.columns.is_empty() {
        let Some(table) = sources.tables.first() else { return invalid("a query has a table") };
        all = table
            .columns
            .iter()
            .map(|column| Projection { expression: Expression::Column(column.name.clone()), alias: None })
            .collect();
        &all
    } else {
        &query.columns
    };
    let grouped =
        !groups.is_empty() || asked.iter().any(|part| matches!(part.expression, Expression::Aggregate(..)));
    let mut seen = HashSet::new();
    let mut columns = Vec::with_capacity(asked.len());
    for part in asked {
        let (expr, kind, own) = match &part.expression {
            Expression::Column(name) => {
                let found = sources.find(name)?;
                if grouped && !groups.iter().any(|group| group.name() == found.name()) {
                    return invalid(format!(
                        "'{name}' stands beside groups or sums and is not in `group-by`"
                    ));
                }
                (found.expr(), found.column.kind.clone(), found.column.name.clone())
            }
            Expression::Aggregate(function, name) => aggregate(sources, *function, name)?,
        };
        let name = part.alias.clone().unwrap_or(own);
        names::check("a column", &name)?;
        if !seen.insert(name.clone()) {
            return invalid(format!("two columns of the answer are called '{name}': give one an alias"));
        }
        statement.expr_as(expr, Alias::new(name.as_str()));
        columns.push((name, kind));
    }
    Ok(columns)
}

fn aggregate(sources: &Sources<'_>, function: Aggregate, name: &str) -> Result<(Expr, Kind, String)> {
    if name == "*" {
        return match function {
            Aggregate::Count => Ok((Func::count(Expr::val(1)).into(), Kind::BigInteger, "count".to_owned())),
            _ => invalid("only a count takes '*'"),
        };
    }
    let found = sources.find(name)?;
    let Column { name, kind, .. } = found.column;
    if matches!(function, Aggregate::Sum | Aggregate::Avg) && !kind.is_number() {
        return invalid(format!("'{name}' is not a number, so it has no sum"));
    }
    if matches!(function, Aggregate::Min | Aggregate::Max) && matches!(kind, Kind::Json | Kind::Bytes) {
        return invalid(format!("'{name}' has no order, so it has no least and greatest"));
    }
    let column = found.expr();
    Ok(match function {
        Aggregate::Count => (Func::count(column).into(), Kind::BigInteger, format!("count_{name}")),
        Aggregate::Min => (Func::min(column).into(), kind.clone(), format!("min_{name}")),
        Aggregate::Max => (Func::max(column).into(), kind.clone(), format!("max_{name}")),
        Aggregate::Sum => {
            // PostgreSQL sums 64-bit integers into its decimal type.
            let (sum, kind) = match kind {
                Kind::Real => (Func::sum(column).into(), Kind::Real),
                Kind::Decimal(_, scale) => (integer(Func::sum(column).into()), Kind::Decimal(18, *scale)),
                _ => (integer(Func::sum(column).into()), Kind::BigInteger),
            };
            (sum, kind, format!("sum_{name}"))
        }
        Aggregate::Avg => {
            let average: Expr = Func::avg(column).into();
            let average = average.cast_as(Alias::new("double precision"));
            let average = match kind {
                Kind::Decimal(_, scale) => {
                    average.div(Expr::val(10_f64.powi(i32::try_from(*scale).unwrap_or(18))))
                }
                _ => average,
            };
            (average, Kind::Real, format!("avg_{name}"))
        }
    })
}

fn integer(expr: Expr) -> Expr {
    expr.cast_as(Alias::new("bigint"))
}

/// Nulls come first, going up, on both databases.
fn order(
    statement: &mut SelectStatement,
    sources: &Sources<'_>,
    query: &Query,
    groups: &[Found<'_>],
    columns: &[(String, Kind)],
) -> Result<()> {
    for ordering in &query.order_by {
        let (order, nulls) = if ordering.descending {
            (Order::Desc, NullOrdering::Last)
        } else {
            (Order::Asc, NullOrdering::First)
        };
        let answered = columns.iter().any(|(name, _)| *name == ordering.column);
        let explicit = !query.columns.is_empty();
        if answered && explicit {
            let alias = Expr::col(Alias::new(ordering.column.as_str()).into_iden());
            statement.order_by_expr_with_nulls(alias, order, nulls);
            continue;
        }
        let found = sources.find(&ordering.column)?;
        if query.distinct && explicit {
            return invalid(format!("'{}' orders a distinct answer that it is not part of", ordering.column));
        }
        if (!groups.is_empty()) && !groups.iter().any(|group| group.name() == found.name()) {
            return invalid(format!("'{}' orders groups and is not in `group-by`", ordering.column));
        }
        if found.column.nullable {
            statement.order_by_expr_with_nulls(found.expr(), order, nulls);
        } else {
            statement.order_by_expr(found.expr(), order);
        }
    }
    Ok(())
}
