//! The second key: what an administrator grants.

use caisson_storage::{grants, modules};
use caisson_types::manifest::{GrantId, GrantRequest};
use caisson_types::{AdminId, ModuleKey, Timestamp, VersionId};

use crate::active::read_manifest;
use crate::{Actor, Registry, RegistryError, Result};

/// One request as the approval page shows it.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Asked {
    #[serde(flatten)]
    pub request: GrantRequest,
    pub granted: bool,
    /// The serving version did not ask for it.
    pub new: bool,
}

impl Registry {
    /// What a version asks for, riskiest first.
    ///
    /// # Errors
    /// Where there is no such version.
    pub async fn asked(&self, id: VersionId) -> Result<Vec<Asked>> {
        let mut conn = self.db.conn().await?;
        let version = modules::version_by_id(&mut conn, id).await?;
        let granted = grants::of(&mut conn, id).await?;
        let serving = modules::by_key(&mut conn, &version.key).await?.active;
        let before = match serving {
            Some(serving) if serving != id => {
                Some(read_manifest(&modules::version_by_id(&mut conn, serving).await?)?.requests())
            }
            _ => None,
        };
        let asked = read_manifest(&version)?.requests().into_iter().map(|request| Asked {
            granted: granted.contains(&request.id),
            new: before.as_ref().is_some_and(|before| !before.iter().any(|known| known.id == request.id)),
            request,
        });
        Ok(asked.collect())
    }

    /// Grants exactly `granted` of what the version asks for; what is not in it is not granted, and what was granted before and
    /// is not in it is withdrawn.
    ///
    /// # Errors
    /// Where a grant was not asked for.
    pub async fn approve(
        &self,
        id: VersionId,
        granted: &[GrantId],
        by: Option<AdminId>,
        actor: Actor<'_>,
    ) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let version = modules::version_by_id(&mut tx, id).await?;
        let asked = read_manifest(&version)?.requests();
        if let Some(stranger) = granted.iter().find(|id| !asked.iter().any(|request| &request.id == *id)) {
            return Err(RegistryError::NotAsked { key: version.key, grant: stranger.to_string() });
        }
        let now = Timestamp::now();
        grants::replace(&mut tx, id, granted, by, now).await?;
        modules::approve(&mut tx, id, by, now).await?;
        // The receipt binds the grants to the bytes they were given for.
        let detail =
            serde_json::json!({ "version": version.version, "digest": version.digest, "grants": granted });
        self.changed(&mut tx, actor, "module.approve", &version.key.to_string(), &detail).await?;
        tx.commit().await?;
        self.reload(&version.key).await
    }

    /// The version of a module that an administrator most likely means: the one named, or the newest.
    ///
    /// # Errors
    /// Where there is none.
    pub async fn find_version(&self, key: &ModuleKey, version: Option<&str>) -> Result<VersionId> {
        let mut conn = self.db.conn().await?;
        let versions = modules::versions_of(&mut conn, key).await?;
        let found = match version {
            Some(wanted) => versions.iter().find(|version| version.version.to_string() == wanted),
            None => versions.iter().max_by(|a, b| a.version.cmp(&b.version)),
        };
        match (found, version) {
            (Some(found), _) => Ok(found.id),
            (None, Some(wanted)) => {
                Err(RegistryError::UnknownVersion { key: key.clone(), version: wanted.to_owned() })
            }
            (None, None) => Err(RegistryError::UnknownModule(key.clone())),
        }
    }
}
