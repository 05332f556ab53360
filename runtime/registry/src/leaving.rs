//! A module goes: what it kept can be taken along, and erased.

use std::path::Path;

use caisson_storage::tables::Cursor;
use caisson_storage::{modules, products, services, upgrades};
use caisson_types::{ModuleKey, ModuleStatus};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::fs;
use tokio::io::AsyncWriteExt as _;

use crate::{Actor, Registry, RegistryError, Result};

/// What an export wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Exported {
    pub tables: usize,
    pub rows: u64,
    pub bytes: u64,
}

impl Registry {
    /// Writes a module's data into an empty folder: `module.json` with its versions and settings, secrets left out;
    /// `tables.json` with what its tables look like; and a file of JSON lines for each table below `tables/`.
    ///
    /// # Errors
    /// Where there is no such module, it cannot be read, or the folder holds something.
    pub async fn export(&self, key: &ModuleKey, folder: &Path) -> Result<Exported> {
        let shown = self.show(key).await?;
        fs::create_dir_all(folder.join("tables")).await.map_err(RegistryError::Export)?;
        let settings = self.settings_form(key).await?;
        let versions: Vec<Value> = shown
            .versions
            .iter()
            .map(|one| json!({ "version": one.version, "digest": one.digest, "serves": Some(one.id) == shown.active }))
            .collect();
        let about = json!({
            "module": key.to_string(), "versions": versions, "settings": settings.values,
            "secrets_left_out": settings.secrets_set,
        });
        write(&folder.join("module.json"), &format!("{about:#}\n")).await?;
        let tables = self.tables_of(key).await?;
        let described =
            serde_json::to_string_pretty(&tables).map_err(|error| RegistryError::Export(error.into()))?;
        write(&folder.join("tables.json"), &described).await?;

        let mut exported = Exported { tables: tables.len(), ..Exported::default() };
        let mut session = self.sandbox.tables().session(key);
        for table in &tables {
            let path = folder.join("tables").join(format!("{}.jsonl", table.name));
            let mut file = fs::File::create_new(&path).await.map_err(RegistryError::Export)?;
            let mut cursor = Cursor::default();
            loop {
                let lines = session.export(table, &mut cursor).await?;
                if lines.is_empty() {
                    break;
                }
                exported.rows += lines.bytes().filter(|byte| *byte == b'\n').count() as u64;
                exported.bytes += lines.len() as u64;
                file.write_all(lines.as_bytes()).await.map_err(RegistryError::Export)?;
            }
            file.flush().await.map_err(RegistryError::Export)?;
        }
        Ok(exported)
    }

    /// Removes an inactive module with all of its versions. The tables it made stay, for when it comes back.
    ///
    /// # Errors
    /// Where it is active, or services still depend on it.
    pub async fn delete(&self, key: &ModuleKey, actor: Actor<'_>) -> Result<()> {
        self.remove(key, false, actor).await
    }

    /// Removes an inactive module with all that it ever kept: tables and their role, settings and secrets, cache, tasks,
    /// webhooks, log. `named` is its name, typed by whoever means it.
    ///
    /// # Errors
    /// As [`Registry::delete`]; where another name was typed.
    pub async fn erase(&self, key: &ModuleKey, named: &str, actor: Actor<'_>) -> Result<()> {
        if named != key.name().as_str() {
            return Err(RegistryError::OtherName { key: key.clone() });
        }
        self.remove(key, true, actor).await
    }

    async fn remove(&self, key: &ModuleKey, erase: bool, actor: Actor<'_>) -> Result<()> {
        let tables: Vec<String> = self.tables_of(key).await?.into_iter().map(|table| table.name).collect();
        let mut tx = self.db.begin().await?;
        let module = modules::by_key(&mut tx, key).await.map_err(RegistryError::module(key))?;
        if module.status == ModuleStatus::Active {
            return Err(RegistryError::StillActive { key: key.clone() });
        }
        let count = services::count_of_module(&mut tx, key).await?;
        if count > 0 {
            return Err(RegistryError::InUse { key: key.clone(), count });
        }
        let sold = products::of_module(&mut tx, key).await?.len();
        if sold > 0 {
            return Err(RegistryError::Sold { key: key.clone(), count: sold });
        }
        let versions = modules::versions_of(&mut tx, key).await?;
        if erase {
            self.sandbox.tables().erase_within(&mut tx, key).await?;
            upgrades::erase_records(&mut tx, key).await?;
        }
        modules::delete_module(&mut tx, key).await?;
        let (action, detail) = match erase {
            true => ("module.erase", json!({ "tables": tables })),
            false => ("module.delete", json!({})),
        };
        self.changed(&mut tx, actor, action, &key.to_string(), &detail).await?;
        tx.commit().await?;
        self.sandbox.tables().refresh(key);
        for version in versions {
            self.sandbox.forget(&version.digest);
            self.packages.remove(&version.digest).await.map_err(RegistryError::Disk)?;
        }
        Ok(())
    }
}

/// A file that was not there.
async fn write(path: &Path, text: &str) -> Result<()> {
    let mut file = fs::File::create_new(path).await.map_err(RegistryError::Export)?;
    file.write_all(text.as_bytes()).await.map_err(RegistryError::Export)?;
    file.flush().await.map_err(RegistryError::Export)
}
