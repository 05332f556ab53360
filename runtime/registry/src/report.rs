//! Granted against used: what a module's grants were good for, and what it was denied.

use std::time::Duration;

use caisson_storage::{Optional, grants, modules, usage};
use caisson_types::manifest::{GrantId, GrantRequest};
use caisson_types::{AdminId, CallId, ModuleKey, Timestamp};
use serde::Serialize;

use crate::active::read_manifest;
use crate::{Actor, Registry, RegistryError, Result};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// What one version may do, and what came of it.
#[derive(Clone, Debug, Serialize)]
pub struct GrantsReport {
    /// The version that serves, else the newest.
    pub version: String,
    /// A grant counts as unused where nobody used it for so many days.
    pub unused_days: u32,
    /// Riskiest first.
    pub grants: Vec<GrantLine>,
    /// The latest first.
    pub denied: Vec<DeniedLine>,
}

/// One thing that the version asks for.
#[derive(Clone, Debug, Serialize)]
pub struct GrantLine {
    #[serde(flatten)]
    pub request: GrantRequest,
    pub granted: bool,
    pub granted_by: Option<AdminId>,
    pub granted_at: Option<Timestamp>,
    /// Uses by any version, since the module was installed.
    pub uses: u64,
    pub last_used_at: Option<Timestamp>,
    /// Granted for longer than the report's days, and not used within them.
    pub unused: bool,
}

/// Something the module tried and was denied.
#[derive(Clone, Debug, Serialize)]
pub struct DeniedLine {
    /// The grant's id where the version asks for it, else the line that its manifest lacks.
    pub line: String,
    pub denials: u64,
    pub last_at: Timestamp,
    /// A call that was denied it; its trace may be gone by now.
    pub call: CallId,
    /// The version asks for it: an administrator may grant it.
    pub asked: bool,
    /// It was granted since.
    pub granted: bool,
}

impl Registry {
    /// # Errors
    /// Where there is no such module.
    pub async fn grants_report(&self, key: &ModuleKey, unused_days: u32) -> Result<GrantsReport> {
        let mut conn = self.db.conn().await?;
        let version = self.shown_version(&mut conn, key).await?;
        let receipts = grants::receipts_of(&mut conn, version.id).await?;
        let uses = usage::uses_of(&mut conn, key).await?;
        let denials = usage::denials_of(&mut conn, key).await?;
        drop(conn);
        let requests = read_manifest(&version)?.requests();
        let since = Timestamp::now().before(DAY * unused_days);
        let denied = denials.into_iter().map(|denial| DeniedLine {
            asked: requests.iter().any(|request| request.id.0 == denial.line),
            granted: receipts.iter().any(|receipt| receipt.grant.0 == denial.line),
            line: denial.line,
            denials: denial.denials,
            last_at: denial.last_at,
            call: denial.last_call,
        });
        let denied = denied.collect();
        let grants = requests.into_iter().map(|request| {
            let receipt = receipts.iter().find(|receipt| receipt.grant == request.id);
            let used = uses.iter().find(|used| used.grant == request.id);
            GrantLine {
                granted: receipt.is_some(),
                granted_by: receipt.and_then(|receipt| receipt.by),
                granted_at: receipt.map(|receipt| receipt.at),
                uses: used.map_or(0, |used| used.uses),
                last_used_at: used.map(|used| used.last_at),
                unused: receipt.is_some_and(|receipt| receipt.at <= since)
                    && used.is_none_or(|used| used.last_at < since),
                request,
            }
        });
        Ok(GrantsReport {
            version: version.version.to_string(),
            unused_days,
            grants: grants.collect(),
            denied,
        })
    }

    /// Takes grants away from the version that serves, else from the newest. It stays approved and goes on serving: calls that
    /// need one of them are denied from now on.
    ///
    /// # Errors
    /// Where the version has no such grant; then it keeps all.
    pub async fn narrow(&self, key: &ModuleKey, taken: &[GrantId], actor: Actor<'_>) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let version = self.shown_version(&mut tx, key).await?;
        for grant in taken {
            grants::withdraw(&mut tx, version.id, grant)
                .await
                .optional()?
                .ok_or_else(|| RegistryError::NotGranted { key: key.clone(), grant: grant.to_string() })?;
        }
        let left = grants::of(&mut tx, version.id).await?;
        let detail = serde_json::json!({
            "version": version.version, "digest": version.digest, "taken": taken, "grants": left,
        });
        self.changed(&mut tx, actor, "module.narrow", &key.to_string(), &detail).await?;
        tx.commit().await?;
        self.reload(key).await
    }

    /// The version of a module that serves, else the newest.
    async fn shown_version(
        &self,
        conn: &mut caisson_storage::Conn,
        key: &ModuleKey,
    ) -> Result<modules::Version> {
        let unknown = || RegistryError::UnknownModule(key.clone());
        let module = modules::by_key(conn, key).await.optional()?.ok_or_else(unknown)?;
        match module.active {
            Some(active) => Ok(modules::version_by_id(conn, active).await?),
            None => {
                let versions = modules::versions_of(conn, key).await?;
                versions.into_iter().max_by(|a, b| a.version.cmp(&b.version)).ok_or_else(unknown)
            }
        }
    }
}
