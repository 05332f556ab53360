//! What modules say about their tables and ask of them: shapes only, nothing checked yet.

use serde::{Deserialize, Serialize};

/// One value, as a module gives and gets it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Value {
    Null,
    Boolean(bool),
    Integer(i64),
    Real(f64),
    /// Exact, as text: `-12.50`.
    Decimal(String),
    Text(String),
    Bytes(Vec<u8>),
    /// A document, as text.
    Json(String),
    Uuid(String),
    /// Milliseconds since the Unix epoch.
    Timestamp(u64),
    /// `YYYY-MM-DD`.
    Date(String),
}

/// What a column holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Counts up by itself; the primary key.
    Id,
    Uuid,
    /// Text of at most so many characters.
    Varchar(u32),
    Text,
    /// 32 bits.
    Integer,
    /// 64 bits.
    BigInteger,
    Boolean,
    Real,
    /// Digits in all, at most 18, and how many of them after the point.
    Decimal(u32, u32),
    Json,
    /// One of these words.
    Choice(Vec<String>),
    IpAddress,
    Date,
    Timestamp,
    Bytes,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    pub name: String,
    pub kind: Kind,
    pub nullable: bool,
    pub default: Option<Value>,
    pub unique: bool,
}

/// What happens to a row when the one it points to goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnDelete {
    Restrict,
    Cascade,
    SetNull,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignKey {
    pub columns: Vec<String>,
    /// One of the module's own, or one of [`PANEL_TABLES`].
    pub table: String,
    pub references: Vec<String>,
    pub on_delete: OnDelete,
}

/// Tables of the panel that a foreign key may point to, by their `id`.
pub const PANEL_TABLES: [&str; 3] = ["services", "clients", "invoices"];

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    pub columns: Vec<String>,
    pub unique: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Table {
    pub name: String,
    pub columns: Vec<Column>,
    /// Empty where a column of kind [`Kind::Id`] is the key.
    pub primary_key: Vec<String>,
    pub foreign_keys: Vec<ForeignKey>,
    pub indexes: Vec<Index>,
}

impl Table {
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The column that counts up by itself.
    #[must_use]
    pub fn id(&self) -> Option<&Column> {
        self.columns.iter().find(|column| column.kind == Kind::Id)
    }

    /// Whether no two rows may be alike in these columns.
    #[must_use]
    pub fn is_unique(&self, columns: &[String]) -> bool {
        let same = |other: &[String]| {
            other.len() == columns.len() && columns.iter().all(|column| other.contains(column))
        };
        same(&self.primary_key)
            || self.indexes.iter().any(|index| index.unique && same(&index.columns))
            || matches!(columns, [one] if self.column(one).is_some_and(|column| column.unique || column.kind == Kind::Id))
    }
}

/// A change of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Alteration {
    AddColumn(Column),
    DropColumn(String),
    RenameColumn { from: String, to: String },
    AddIndex(Index),
    DropIndex(Vec<String>),
    AddForeignKey(ForeignKey),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    Like,
    NotLike,
    In,
    NotIn,
    Between,
    NotBetween,
    IsNull,
    NotNull,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Predicate {
    /// `column`, or `table.column`.
    pub column: String,
    pub operator: Operator,
    pub operands: Vec<Value>,
}

/// All of the lists must hold; a list holds when any of its predicates does.
pub type Condition = Vec<Vec<Predicate>>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aggregate {
    Count,
    Sum,
    Min,
    Max,
    Avg,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    Column(String),
    /// [`Aggregate::Count`] also takes `*`.
    Aggregate(Aggregate, String),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Projection {
    pub expression: Expression,
    pub alias: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinKind {
    Inner,
    Left,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Join {
    pub kind: JoinKind,
    pub table: String,
    pub left: String,
    pub right: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Ordering {
    /// A column, or the alias of a projection.
    pub column: String,
    pub descending: bool,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    pub table: String,
    /// Empty means all columns of `table`.
    pub columns: Vec<Projection>,
    pub distinct: bool,
    pub joins: Vec<Join>,
    pub condition: Condition,
    pub group_by: Vec<String>,
    pub order_by: Vec<Ordering>,
    pub limit: Option<u32>,
    pub offset: Option<u64>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Value>>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Insert {
    pub table: String,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Value>>,
    pub on_conflict: Option<OnConflict>,
}

/// Where a row with these columns is there: overwrite `update`, or leave it alone where that is empty.
#[derive(Clone, Debug, PartialEq)]
pub struct OnConflict {
    pub columns: Vec<String>,
    pub update: Vec<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Inserted {
    pub count: u64,
    pub last_id: Option<i64>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Assignment {
    Set(Value),
    /// Adds to a number.
    Increment(i64),
}
