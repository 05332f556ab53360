//! The contract's words for tables and rows, and the panel's.

use caisson_storage::tables as own;

use crate::bindings::caisson::module::database as wit;

/// A word for each word.
macro_rules! words {
    ($from:ident -> $to:ident { $($word:ident => $other:ident),+ $(,)? }) => {
        impl From<wit::$from> for own::$to {
            fn from(word: wit::$from) -> Self {
                match word {
                    $(wit::$from::$word => own::$to::$other,)+
                }
            }
        }
    };
}

words! { ReferentialAction -> OnDelete { Restrict => Restrict, Cascade => Cascade, SetNull => SetNull } }
words! { Aggregate -> Aggregate { Count => Count, Sum => Sum, Min => Min, Max => Max, Avg => Avg } }
words! { JoinKind -> JoinKind { Inner => Inner, Left => Left } }
words! { Operator -> Operator {
    Eq => Eq, Ne => Ne, Lt => Lt, Le => Le, Gt => Gt, Ge => Ge, Like => Like, NotLike => NotLike, IsIn => In, NotIn => NotIn,
    Between => Between, NotBetween => NotBetween, IsNull => IsNull, NotNull => NotNull,
} }

/// A list, word by word.
fn all<A, B: From<A>>(list: Vec<A>) -> Vec<B> {
    list.into_iter().map(B::from).collect()
}

impl From<wit::Value> for own::Value {
    fn from(value: wit::Value) -> Self {
        match value {
            wit::Value::Null => Self::Null,
            wit::Value::Boolean(flag) => Self::Boolean(flag),
            wit::Value::Integer(number) => Self::Integer(number),
            wit::Value::Real(number) => Self::Real(number),
            wit::Value::Decimal(text) => Self::Decimal(text),
            wit::Value::Text(text) => Self::Text(text),
            wit::Value::Bytes(bytes) => Self::Bytes(bytes),
            wit::Value::Json(text) => Self::Json(text),
            wit::Value::Uuid(text) => Self::Uuid(text),
            wit::Value::Timestamp(ms) => Self::Timestamp(ms),
            wit::Value::Date(text) => Self::Date(text),
        }
    }
}

impl From<own::Value> for wit::Value {
    fn from(value: own::Value) -> Self {
        match value {
            own::Value::Null => Self::Null,
            own::Value::Boolean(flag) => Self::Boolean(flag),
            own::Value::Integer(number) => Self::Integer(number),
            own::Value::Real(number) => Self::Real(number),
            own::Value::Decimal(text) => Self::Decimal(text),
            own::Value::Text(text) => Self::Text(text),
            own::Value::Bytes(bytes) => Self::Bytes(bytes),
            own::Value::Json(text) => Self::Json(text),
            own::Value::Uuid(text) => Self::Uuid(text),
            own::Value::Timestamp(ms) => Self::Timestamp(ms),
            own::Value::Date(text) => Self::Date(text),
        }
    }
}

impl From<wit::ColumnType> for own::Kind {
    fn from(kind: wit::ColumnType) -> Self {
        match kind {
            wit::ColumnType::Id => Self::Id,
            wit::ColumnType::Uuid => Self::Uuid,
            wit::ColumnType::Varchar(max) => Self::Varchar(max),
            wit::ColumnType::Text => Self::Text,
            wit::ColumnType::Integer => Self::Integer,
            wit::ColumnType::BigInteger => Self::BigInteger,
            wit::ColumnType::Boolean => Self::Boolean,
            wit::ColumnType::Real => Self::Real,
            wit::ColumnType::Decimal((precision, scale)) => Self::Decimal(precision, scale),
            wit::ColumnType::Json => Self::Json,
            wit::ColumnType::Choice(words) => Self::Choice(words),
            wit::ColumnType::IpAddress => Self::IpAddress,
            wit::ColumnType::Date => Self::Date,
            wit::ColumnType::Timestamp => Self::Timestamp,
            wit::ColumnType::Bytes => Self::Bytes,
        }
    }
}

impl From<wit::Column> for own::Column {
    fn from(column: wit::Column) -> Self {
        Self {
            name: column.name,
            kind: column.kind.into(),
            nullable: column.nullable,
            default: column.default.map(Into::into),
            unique: column.unique,
        }
    }
}

impl From<wit::ForeignKey> for own::ForeignKey {
    fn from(key: wit::ForeignKey) -> Self {
        Self {
            columns: key.columns,
            table: key.table,
            references: key.references,
            on_delete: key.on_delete.into(),
        }
    }
}

impl From<wit::Index> for own::Index {
    fn from(index: wit::Index) -> Self {
        Self { columns: index.columns, unique: index.unique }
    }
}

impl From<wit::Table> for own::Table {
    fn from(table: wit::Table) -> Self {
        Self {
            name: table.name,
            columns: all(table.columns),
            primary_key: table.primary_key,
            foreign_keys: all(table.foreign_keys),
            indexes: all(table.indexes),
        }
    }
}

impl From<wit::Alteration> for own::Alteration {
    fn from(alteration: wit::Alteration) -> Self {
        match alteration {
            wit::Alteration::AddColumn(column) => Self::AddColumn(column.into()),
            wit::Alteration::DropColumn(name) => Self::DropColumn(name),
            wit::Alteration::RenameColumn((from, to)) => Self::RenameColumn { from, to },
            wit::Alteration::AddIndex(index) => Self::AddIndex(index.into()),
            wit::Alteration::DropIndex(columns) => Self::DropIndex(columns),
            wit::Alteration::AddForeignKey(key) => Self::AddForeignKey(key.into()),
        }
    }
}

pub(super) fn condition(filter: wit::Filter) -> own::Condition {
    filter.into_iter().map(all).collect()
}

impl From<wit::Predicate> for own::Predicate {
    fn from(predicate: wit::Predicate) -> Self {
        Self {
            column: predicate.column,
            operator: predicate.operator.into(),
            operands: all(predicate.operands),
        }
    }
}

impl From<wit::Projection> for own::Projection {
    fn from(projection: wit::Projection) -> Self {
        let expression = match projection.expression {
            wit::Expression::Column(name) => own::Expression::Column(name),
            wit::Expression::Aggregate((function, name)) => own::Expression::Aggregate(function.into(), name),
        };
        Self { expression, alias: projection.alias }
    }
}

impl From<wit::Join> for own::Join {
    fn from(join: wit::Join) -> Self {
        Self { kind: join.kind.into(), table: join.table, left: join.left, right: join.right }
    }
}

impl From<wit::Ordering> for own::Ordering {
    fn from(ordering: wit::Ordering) -> Self {
        Self { column: ordering.column, descending: ordering.descending }
    }
}

impl From<wit::Query> for own::Query {
    fn from(query: wit::Query) -> Self {
        Self {
            table: query.table,
            columns: all(query.columns),
            distinct: query.distinct,
            joins: all(query.joins),
            condition: condition(query.where_),
            group_by: query.group_by,
            order_by: all(query.order_by),
            limit: query.limit,
            offset: query.offset,
        }
    }
}

impl From<own::Rows> for wit::Rows {
    fn from(rows: own::Rows) -> Self {
        Self { columns: rows.columns, rows: rows.rows.into_iter().map(all).collect() }
    }
}

impl From<wit::Conflict> for own::OnConflict {
    fn from(conflict: wit::Conflict) -> Self {
        Self { columns: conflict.columns, update: conflict.update }
    }
}

pub(super) fn rows(rows: Vec<Vec<wit::Value>>) -> Vec<Vec<own::Value>> {
    rows.into_iter().map(all).collect()
}

impl From<own::Inserted> for wit::Inserted {
    fn from(inserted: own::Inserted) -> Self {
        Self { count: inserted.count, last_id: inserted.last_id }
    }
}

impl From<wit::Assignment> for own::Assignment {
    fn from(assignment: wit::Assignment) -> Self {
        match assignment {
            wit::Assignment::Set(value) => Self::Set(value.into()),
            wit::Assignment::Increment(by) => Self::Increment(by),
        }
    }
}

impl From<own::Constraint> for wit::Constraint {
    fn from(constraint: own::Constraint) -> Self {
        match constraint {
            own::Constraint::Unique => Self::Unique,
            own::Constraint::ForeignKey => Self::ForeignKey,
            own::Constraint::NotNull => Self::NotNull,
            own::Constraint::Check => Self::Check,
        }
    }
}

impl From<own::TableError> for wit::Error {
    fn from(error: own::TableError) -> Self {
        match error {
            own::TableError::Invalid(reason) => Self::Invalid(reason),
            own::TableError::Missing(reason) => Self::Missing(reason),
            own::TableError::Violated(constraint, reason) => Self::Violated((constraint.into(), reason)),
            own::TableError::Quota(reason) => Self::Quota(reason),
            own::TableError::Timeout => Self::Timeout,
            own::TableError::Busy => Self::Busy,
            own::TableError::Failed(cause) => {
                tracing::error!(
                    error = &cause as &dyn std::error::Error,
                    "a host function of database failed"
                );
                Self::Other("the panel's database could not do this now".to_owned())
            }
        }
    }
}
