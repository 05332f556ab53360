//! A module's settings: checked by the manifest's fields and by the module, secrets sealed.

use std::collections::BTreeMap;

use caisson_capabilities::{CallContext, Granted, Settings};
use caisson_sandbox::{Target, exports};
use caisson_storage::grants;
use caisson_storage::settings::{self as rows, Setting};
use caisson_types::manifest::Field;
use caisson_types::{Manifest, ModuleKey, Secret};
use serde_json::{Map, Value};

use crate::{Active, Actor, Registry, RegistryError, Result};

/// Most characters of what a module answers to a test of its settings.
const ANSWER_MAX: usize = 64 * 1024;

/// What the generated form needs. Secrets are not in it: only that they are set.
#[derive(Clone, Debug, serde::Serialize)]
pub struct SettingsForm {
    pub fields: Vec<Field>,
    pub values: Map<String, Value>,
    /// Keys of secret fields that hold a value.
    pub secrets_set: Vec<String>,
}

impl Registry {
    /// The form of a module's settings with what is saved.
    ///
    /// # Errors
    /// Where there is no such module.
    pub async fn settings_form(&self, key: &ModuleKey) -> Result<SettingsForm> {
        let manifest = self.serving_or_newest(key).await?;
        let settings = self.load_settings(key, &manifest).await?;
        Ok(SettingsForm {
            fields: manifest.settings,
            values: settings.values,
            secrets_set: settings.secrets.into_keys().collect(),
        })
    }

    /// Checks and saves. A secret that is left empty keeps its value; `null` removes it.
    ///
    /// # Errors
    /// [`RegistryError::Invalid`] with an entry for each field that was refused.
    pub async fn save_settings(
        &self,
        key: &ModuleKey,
        given: Map<String, Value>,
        actor: Actor<'_>,
    ) -> Result<()> {
        let manifest = self.serving_or_newest(key).await?;
        let mut settings = self.candidate(key, &manifest, given).await?;
        if let Ok(active) = self.active(key) {
            settings = self.normalised(&active, settings).await?;
        }
        self.store_settings(key, &settings, actor).await?;
        self.reload(key).await
    }

    /// Has a module that is about to serve check what was saved while it could not be asked, and keeps it as the module would have it.
    pub(crate) async fn settle_settings(&self, active: &Active, actor: Actor<'_>) -> Result<()> {
        let saved = rows::all(&mut *self.db.conn().await?, &active.key).await?;
        if saved.is_empty() {
            return Ok(());
        }
        let settings =
            self.normalised(active, active.settings().clone()).await.map_err(|error| match error {
                RegistryError::Invalid(errors) => {
                    let reason = errors.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
                    RegistryError::SettingsRefused { key: active.key.clone(), reason }
                }
                other => other,
            })?;
        if settings.values != active.settings().values {
            self.store_settings(&active.key, &settings, actor).await?;
        }
        Ok(())
    }

    /// Has the module check settings and write them its way.
    async fn normalised(&self, active: &Active, mut settings: Settings) -> Result<Settings> {
        if !active.has(&exports::settings::SAVE) {
            return Ok(settings);
        }
        let data = masked(&settings, &active.manifest).to_string();
        let normalised = self.call_with(active, settings.clone(), &exports::settings::SAVE, (data,)).await?;
        if let Ok(Value::Object(normalised)) = serde_json::from_str(&normalised) {
            let plain = |key: &String| {
                active.manifest.settings.iter().any(|field| &field.key == key && !field.secret)
            };
            settings.values =
                normalised.into_iter().filter(|(key, value)| plain(key) && !value.is_null()).collect();
        }
        Ok(settings)
    }

    async fn store_settings(&self, key: &ModuleKey, settings: &Settings, actor: Actor<'_>) -> Result<()> {
        let mut rows: Vec<Setting> = settings
            .values
            .iter()
            .map(|(key, value)| Setting { key: key.clone(), value: value.clone(), sealed: None })
            .collect();
        rows.extend(settings.secrets.iter().map(|(name, secret)| Setting {
            key: name.clone(),
            value: Value::Null,
            sealed: Some(self.vault.seal(&purpose(key, name), secret.expose().as_bytes())),
        }));
        let mut tx = self.db.begin().await?;
        rows::replace_all(&mut tx, key, &rows).await?;
        let changed: Vec<&str> = rows.iter().map(|row| row.key.as_str()).collect();
        self.changed(
            &mut tx,
            actor,
            "module.settings",
            &key.to_string(),
            &serde_json::json!({ "keys": changed }),
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Tries settings out, saved or not, and says what the module found.
    ///
    /// # Errors
    /// The module's own words on what does not work.
    pub async fn test_connection(&self, key: &ModuleKey, given: Map<String, Value>) -> Result<String> {
        let active = self.active(key)?;
        let settings = self.candidate(key, &active.manifest, given).await?;
        let data = masked(&settings, &active.manifest).to_string();
        let text = self.call_with(&active, settings, &exports::settings::TEST_CONNECTION, (data,)).await?;
        Ok(caisson_types::problem::shown(&text, ANSWER_MAX))
    }

    /// What stands under the generated form, where the module has something to say: a template and its data as JSON.
    ///
    /// # Errors
    /// The module's problem, or why the sandbox ended the call.
    pub async fn settings_page(&self, active: &Active) -> Result<Option<(String, String)>> {
        if !active.has(&exports::settings::PAGE) {
            return Ok(None);
        }
        let settings = active.settings().clone();
        let data = masked(&settings, &active.manifest).to_string();
        let view = self.call_with(active, settings, &exports::settings::PAGE, (data,)).await?;
        Ok(Some((view.template, view.data)))
    }

    /// A call during which `settings` are the module's settings, hosts granted `from` them included.
    async fn call_with<P, R>(
        &self,
        active: &Active,
        settings: Settings,
        export: &caisson_sandbox::Export<P, R>,
        parameters: P,
    ) -> Result<R>
    where
        P: caisson_sandbox::Parameters,
        R: caisson_sandbox::Answer,
    {
        let mut conn = self.db.conn().await?;
        let approved = grants::of(&mut conn, active.id).await?.into_iter().collect();
        drop(conn);
        let granted = Granted::compile(&active.manifest, &approved, &settings);
        let behind = std::sync::Arc::new(active.with_settings(granted, settings));
        let target = Target { version: active.id, loaded: &active.loaded, behind: &behind };
        self.sandbox
            .call(target, CallContext::default(), active.budgets.page, export, parameters)
            .await
            .map_err(|error| match error {
                caisson_sandbox::CallError::Problem(problem) if !problem.errors.is_empty() => {
                    RegistryError::Invalid(problem.errors)
                }
                other => RegistryError::Refused(other),
            })
    }

    /// What would be saved: the given values over the secrets that are there.
    async fn candidate(
        &self,
        key: &ModuleKey,
        manifest: &Manifest,
        given: Map<String, Value>,
    ) -> Result<Settings> {
        let saved = self.load_settings(key, manifest).await?;
        let mut fields = manifest.settings.clone();
        for field in &mut fields {
            // An empty secret means "as it is": it is missing only where none is saved.
            field.required &= !(field.secret && saved.secrets.contains_key(&field.key));
        }
        let removed: Vec<String> =
            given.iter().filter(|(_, value)| value.is_null()).map(|(key, _)| key.clone()).collect();
        let mut values = Field::read_all(&fields, &given).map_err(RegistryError::Invalid)?;
        let mut secrets = saved.secrets;
        for field in fields.iter().filter(|field| field.secret) {
            if removed.contains(&field.key) {
                secrets.remove(&field.key);
            }
            if let Some(Value::String(secret)) = values.remove(&field.key) {
                secrets.insert(field.key.clone(), Secret::new(secret));
            }
        }
        Ok(Settings { config: saved.config, values, secrets })
    }

    /// What is saved, with defaults where nothing is.
    pub(crate) async fn load_settings(&self, key: &ModuleKey, manifest: &Manifest) -> Result<Settings> {
        let mut conn = self.db.conn().await?;
        let rows = rows::all(&mut conn, key).await?;
        let config = match serde_json::to_value(&manifest.config) {
            Ok(Value::Object(config)) => config,
            _ => Map::new(),
        };
        let mut values: Map<String, Value> = manifest
            .settings
            .iter()
            .filter_map(|field| Some((field.key.clone(), field.default.clone()?)))
            .collect();
        let mut secrets = BTreeMap::new();
        for row in rows {
            match row.sealed {
                None => {
                    values.insert(row.key, row.value);
                }
                Some(sealed) => match self.open(key, &row.key, &sealed) {
                    Some(secret) => {
                        secrets.insert(row.key, secret);
                    }
                    None => {
                        tracing::error!(module = %key, setting = row.key, "a secret setting does not open with this master key; set it again")
                    }
                },
            }
        }
        Ok(Settings { config, values, secrets })
    }

    fn open(&self, key: &ModuleKey, name: &str, sealed: &[u8]) -> Option<Secret<String>> {
        let plain = self.vault.open(&purpose(key, name), sealed).ok()?;
        String::from_utf8(plain.expose().clone()).ok().map(Secret::new)
    }

    async fn serving_or_newest(&self, key: &ModuleKey) -> Result<Manifest> {
        match self.active(key) {
            Ok(active) => Ok(active.manifest.clone()),
            Err(_) => {
                let newest = self.find_version(key, None).await?;
                self.manifest(newest).await
            }
        }
    }
}

/// Each secret is sealed for its own place.
fn purpose(key: &ModuleKey, name: &str) -> String {
    format!("setting:{key}:{name}")
}

/// The settings as a guest may see them: secrets are `true` or null.
fn masked(settings: &Settings, manifest: &Manifest) -> Value {
    let mut data = settings.values.clone();
    for field in manifest.settings.iter().filter(|field| field.secret) {
        let set = settings.secrets.contains_key(&field.key);
        data.insert(field.key.clone(), if set { Value::Bool(true) } else { Value::Null });
    }
    Value::Object(data)
}
