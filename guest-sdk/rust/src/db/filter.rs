//! Conditions of a statement.

use super::value::{ToValue, Value};
use crate::bindings::host::caisson::module::database::{Operator, Predicate};

/// Conditions. Each one added must hold too; [`Filter::any_of`] adds several of which one is enough.
pub trait Filter: Sized {
    #[doc(hidden)]
    fn and(self, predicate: Predicate) -> Self;

    /// `column` equals `value`; a value that is `None` asks for null.
    #[must_use]
    fn filter(self, column: &str, value: impl ToValue) -> Self {
        match value.to_value() {
            Value::Null => self.filter_null(column),
            value => self.and(predicate(column, Operator::Eq, vec![value])),
        }
    }

    /// `column` compared in another way, such as `filter_by("load", db::Lt, 5)`.
    #[must_use]
    fn filter_by(self, column: &str, operator: Operator, value: impl ToValue) -> Self {
        self.and(predicate(column, operator, vec![value.to_value()]))
    }

    #[must_use]
    fn filter_in<V: ToValue>(self, column: &str, values: impl IntoIterator<Item = V>) -> Self {
        let values = values.into_iter().map(|value| value.to_value()).collect();
        self.and(predicate(column, Operator::IsIn, values))
    }

    #[must_use]
    fn filter_not_in<V: ToValue>(self, column: &str, values: impl IntoIterator<Item = V>) -> Self {
        let values = values.into_iter().map(|value| value.to_value()).collect();
        self.and(predicate(column, Operator::NotIn, values))
    }

    /// Both ends included.
    #[must_use]
    fn filter_between(self, column: &str, least: impl ToValue, most: impl ToValue) -> Self {
        self.and(predicate(column, Operator::Between, vec![least.to_value(), most.to_value()]))
    }

    #[must_use]
    fn filter_null(self, column: &str) -> Self {
        self.and(predicate(column, Operator::IsNull, Vec::new()))
    }

    #[must_use]
    fn filter_not_null(self, column: &str) -> Self {
        self.and(predicate(column, Operator::NotNull, Vec::new()))
    }
}

fn predicate(column: &str, operator: Operator, operands: Vec<Value>) -> Predicate {
    Predicate { column: column.to_owned(), operator, operands }
}

/// Conditions of which one is enough.
#[derive(Debug, Default)]
pub struct Any(pub(super) Vec<Predicate>);

impl Filter for Any {
    fn and(mut self, predicate: Predicate) -> Self {
        self.0.push(predicate);
        self
    }
}
