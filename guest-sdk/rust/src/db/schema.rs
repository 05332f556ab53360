//! Tables made and changed, most often in `activate` and `update`.

use super::value::ToValue;
use crate::bindings::host::caisson::module::database as contract;
use crate::{Problem, Result, host};
use contract::{Alteration, Column, ColumnType, ForeignKey, Index, ReferentialAction};

/// Makes a table, unless it is there: `activate` may run again.
///
/// # Errors
/// A problem where the table makes no sense or its name is not granted.
pub fn create(name: &str, define: impl FnOnce(&mut Blueprint)) -> Result<()> {
    let mut blueprint = Blueprint::default();
    define(&mut blueprint);
    let Blueprint { columns, primary_key, foreign_keys, indexes, .. } = blueprint;
    let table = contract::Table { name: name.to_owned(), columns, primary_key, foreign_keys, indexes };
    host::database::create_table(&table, true).map_err(refused)
}

/// Changes a table: columns and indexes named in `change` are added; see [`Blueprint::drop_column`] and its neighbours for the
/// rest. All of it or nothing.
///
/// # Errors
/// A problem where a change makes no sense.
pub fn alter(name: &str, change: impl FnOnce(&mut Blueprint)) -> Result<()> {
    let mut blueprint = Blueprint::default();
    change(&mut blueprint);
    let mut alterations = blueprint.alterations;
    alterations.extend(blueprint.columns.into_iter().map(Alteration::AddColumn));
    alterations.extend(blueprint.indexes.into_iter().map(Alteration::AddIndex));
    alterations.extend(blueprint.foreign_keys.into_iter().map(Alteration::AddForeignKey));
    host::database::alter_table(name, &alterations).map_err(refused)
}

/// Drops a table with what is in it, where it is there.
///
/// # Errors
/// A problem where other tables point to it.
pub fn drop(name: &str) -> Result<()> {
    host::database::drop_table(name, true).map_err(refused)
}

/// Whoever installs or updates a module is told which change of its tables is impossible, and why: the host says so in words for
/// people, which name nothing but the module's own tables.
fn refused(error: contract::Error) -> Problem {
    match error {
        contract::Error::Invalid(why) => {
            Problem::internal(format!("The module's tables cannot be changed: {why}."))
        }
        other => other.into(),
    }
}

/// # Errors
/// A problem where the table's name is not granted.
pub fn has_table(name: &str) -> Result<bool> {
    Ok(host::database::has_table(name)?)
}

/// # Errors
/// A problem where the table's name is not granted.
pub fn has_column(table: &str, column: &str) -> Result<bool> {
    Ok(host::database::has_column(table, column)?)
}

/// What a table is made of.
#[derive(Debug, Default)]
pub struct Blueprint {
    columns: Vec<Column>,
    primary_key: Vec<String>,
    foreign_keys: Vec<ForeignKey>,
    indexes: Vec<Index>,
    alterations: Vec<Alteration>,
}

/// Columns. What may not be null and has no default must be given with every row.
macro_rules! columns {
    ($($(#[$about:meta])* $name:ident => $kind:ident),+ $(,)?) => {
        impl Blueprint {
            $($(#[$about])* pub fn $name(&mut self, name: &str) -> ColumnBuilder<'_> {
                self.column(name, ColumnType::$kind)
            })+
        }
    };
}

columns! {
    uuid => Uuid,
    text => Text,
    /// 32 bits.
    integer => Integer,
    /// 64 bits.
    big_integer => BigInteger,
    boolean => Boolean,
    float => Real,
    json => Json,
    ip_address => IpAddress,
    date => Date,
    /// Milliseconds since the Unix epoch.
    timestamp => Timestamp,
    binary => Bytes,
}

impl Blueprint {
    /// `id`, which counts up by itself: the primary key.
    pub fn id(&mut self) -> ColumnBuilder<'_> {
        self.column("id", ColumnType::Id)
    }

    /// Text of at most so many characters.
    pub fn varchar(&mut self, name: &str, max: u32) -> ColumnBuilder<'_> {
        self.column(name, ColumnType::Varchar(max))
    }

    /// An exact number: digits in all, at most 18, and how many of them after the point.
    pub fn decimal(&mut self, name: &str, digits: u32, after_point: u32) -> ColumnBuilder<'_> {
        self.column(name, ColumnType::Decimal((digits, after_point)))
    }

    /// One of a few words.
    pub fn choice<'w>(&mut self, name: &str, words: impl IntoIterator<Item = &'w str>) -> ColumnBuilder<'_> {
        let words = words.into_iter().map(str::to_owned).collect();
        self.column(name, ColumnType::Choice(words))
    }

    /// `created_at` and `updated_at`, which the module fills.
    pub fn timestamps(&mut self) {
        self.timestamp("created_at").nullable();
        self.timestamp("updated_at").nullable();
    }

    /// Instead of [`Blueprint::id`]: these columns together are the primary key.
    pub fn primary<'c>(&mut self, columns: impl IntoIterator<Item = &'c str>) {
        self.primary_key = columns.into_iter().map(str::to_owned).collect();
    }

    pub fn index<'c>(&mut self, columns: impl IntoIterator<Item = &'c str>) {
        self.indexes.push(Index { columns: columns.into_iter().map(str::to_owned).collect(), unique: false });
    }

    /// No two rows are alike in these columns together.
    pub fn unique<'c>(&mut self, columns: impl IntoIterator<Item = &'c str>) {
        self.indexes.push(Index { columns: columns.into_iter().map(str::to_owned).collect(), unique: true });
    }

    /// For [`alter`].
    pub fn drop_column(&mut self, name: &str) {
        self.alterations.push(Alteration::DropColumn(name.to_owned()));
    }

    /// For [`alter`].
    pub fn rename_column(&mut self, from: &str, to: &str) {
        self.alterations.push(Alteration::RenameColumn((from.to_owned(), to.to_owned())));
    }

    /// For [`alter`].
    pub fn drop_index<'c>(&mut self, columns: impl IntoIterator<Item = &'c str>) {
        self.alterations.push(Alteration::DropIndex(columns.into_iter().map(str::to_owned).collect()));
    }

    fn column(&mut self, name: &str, kind: ColumnType) -> ColumnBuilder<'_> {
        let column = Column { name: name.to_owned(), kind, nullable: false, default: None, unique: false };
        self.columns.push(column);
        ColumnBuilder { at: self.columns.len() - 1, blueprint: self }
    }
}

/// What else there is to say of a column.
#[derive(Debug)]
pub struct ColumnBuilder<'b> {
    blueprint: &'b mut Blueprint,
    at: usize,
}

impl ColumnBuilder<'_> {
    pub fn nullable(self) -> Self {
        self.blueprint.columns[self.at].nullable = true;
        self
    }

    /// For rows that are stored without it.
    pub fn default(self, value: impl ToValue) -> Self {
        self.blueprint.columns[self.at].default = Some(value.to_value());
        self
    }

    pub fn unique(self) -> Self {
        self.blueprint.columns[self.at].unique = true;
        self
    }

    /// Points to a column of another table of the module, or to `id` of the panel's `services`, `clients` or `invoices`. While a
    /// row points to it, the other cannot be deleted; see [`ColumnBuilder::cascade`] and [`ColumnBuilder::set_null`].
    pub fn references(self, table: &str, column: &str) -> Self {
        self.blueprint.foreign_keys.push(ForeignKey {
            columns: vec![self.blueprint.columns[self.at].name.clone()],
            table: table.to_owned(),
            references: vec![column.to_owned()],
            on_delete: ReferentialAction::Restrict,
        });
        self
    }

    /// Deletes the row with the one it points to.
    pub fn cascade(self) -> Self {
        self.on_delete(ReferentialAction::Cascade)
    }

    /// Sets the column null when the row it points to is deleted.
    pub fn set_null(self) -> Self {
        self.on_delete(ReferentialAction::SetNull)
    }

    fn on_delete(self, action: ReferentialAction) -> Self {
        let name = &self.blueprint.columns[self.at].name;
        if let Some(key) = self.blueprint.foreign_keys.iter_mut().rfind(|key| key.columns == [name.as_str()])
        {
            key.on_delete = action;
        }
        self
    }
}
