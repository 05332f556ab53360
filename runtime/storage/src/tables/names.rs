//! How a module's tables are called in the database.

use caisson_types::ModuleKey;
use caisson_types::manifest::{TABLE_NAME_MAX, is_table_name};
use sea_query::{Alias, IntoIden as _, IntoTableRef as _, TableRef};
use sha2::{Digest as _, Sha256};

use super::error::{Result, invalid};
use super::model::PANEL_TABLES;
use crate::Dialect;

/// Longest name PostgreSQL keeps whole.
const IDENTIFIER_MAX: usize = 63;
/// Longest part that stands for a module: leaves room for what goes before it in the name of a role.
const SPACE_MAX: usize = 44;

/// The names of one module.
#[derive(Clone, Debug)]
pub(super) struct Names {
    pub(super) dialect: Dialect,
    /// PostgreSQL's schema; what SQLite's names begin with.
    pub(super) space: String,
    /// PostgreSQL's role. Roles belong to a server and not to a database, so its name says which database.
    pub(super) role: String,
    /// Opens every statement, so that a prepared one is never shared between modules, and an operator sees whose it is.
    pub(super) comment: String,
}

impl Names {
    pub(super) fn new(dialect: Dialect, database: i64, module: &ModuleKey) -> Self {
        let space = shortened(&format!("mod_{}_{}", module.kind(), module.name().to_identifier()), SPACE_MAX);
        Self {
            dialect,
            role: format!("caisson_{database}_{space}"),
            comment: format!("/* {module} */ "),
            space,
        }
    }

    /// What SQLite's names of the module begin with. Names have no two underscores in a row, so that no module's prefix can
    /// begin another's table.
    pub(super) fn prefix(&self) -> String {
        format!("{}__", self.space)
    }

    /// A table by its full name.
    pub(super) fn table(&self, name: &str) -> TableRef {
        match self.dialect {
            Dialect::Sqlite => Alias::new(format!("{}{name}", self.prefix())).into_table_ref(),
            Dialect::Postgres => (Alias::new(self.space.as_str()), Alias::new(name)).into_table_ref(),
        }
    }

    /// A table known by its short name within a statement.
    pub(super) fn table_as(&self, name: &str) -> TableRef {
        self.table(name).alias(Alias::new(name).into_iden())
    }

    /// What a foreign key points to.
    pub(super) fn target(&self, name: &str) -> TableRef {
        match self.dialect {
            _ if !PANEL_TABLES.contains(&name) => self.table(name),
            Dialect::Sqlite => Alias::new(name).into_table_ref(),
            Dialect::Postgres => (Alias::new("public"), Alias::new(name)).into_table_ref(),
        }
    }

    /// The name of an index over columns of a table.
    pub(super) fn index(&self, table: &str, columns: &[String], unique: bool) -> String {
        let ending = if unique { "key" } else { "idx" };
        let name = format!("{table}__{}__{ending}", columns.join("__"));
        match self.dialect {
            Dialect::Sqlite => format!("{}{name}", self.prefix()),
            Dialect::Postgres => shortened(&name, IDENTIFIER_MAX),
        }
    }
}

/// The name, or its beginning and a digest of it all where it is too long.
fn shortened(name: &str, max: usize) -> String {
    if name.len() <= max {
        return name.to_owned();
    }
    let digest = hex::encode(&Sha256::digest(name.as_bytes())[..4]);
    format!("{}_{digest}", name[..max - digest.len() - 1].trim_end_matches('_'))
}

/// Checks a name that a module gives. Only these reach the text of a statement.
pub(super) fn check(what: &str, name: &str) -> Result<()> {
    if is_table_name(name) {
        return Ok(());
    }
    let shown: String = name.chars().take(60).collect();
    invalid(format!(
        "'{}' is not a name for {what}: 1 to {TABLE_NAME_MAX} of a-z, 0-9 and single '_' between them, beginning with a letter",
        shown.escape_debug()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_module_can_spell_another_ones_table() {
        let _case = caisson_threats::case(36, "no module can spell another ones table");
        let names = |key: &str| Names::new(Dialect::Sqlite, 0, &key.parse().unwrap());
        let (short, long) = (names("product/x"), names("product/x-y"));
        assert!(!long.prefix().starts_with(&short.prefix()));
        for name in ["y__t", "_t", "t_", "T", "", "a b", "a\"b", "t;", "1t", "ą", &"t".repeat(49)] {
            assert!(check("a table", name).is_err(), "{name}");
        }
        check("a table", "vps_servers2").unwrap();
        let longest = names(&format!("notification/{}", "n".repeat(64)));
        assert!(longest.space.len() <= SPACE_MAX && longest.role.len() <= IDENTIFIER_MAX);
    }
}
