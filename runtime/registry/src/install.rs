//! A package comes in: checked, compiled, kept. Nothing is left behind where any step fails.

use caisson_storage::modules::Version;
use caisson_storage::{StorageError, grants, modules};
use caisson_types::{AdminId, Manifest, ModuleKey, Timestamp, VersionId};

use crate::active::read_manifest;
use crate::{Actor, Registry, RegistryError, Result};

/// What an install did.
#[derive(Clone, Debug)]
pub struct Installed {
    pub key: ModuleKey,
    pub id: VersionId,
    pub version: semver::Version,
    pub digest: String,
    /// The same bytes were here already.
    pub already: bool,
    /// An administrator must decide before it can be activated.
    pub waits_for_approval: bool,
}

impl Registry {
    /// Installs a package beside the versions that are there.
    ///
    /// # Errors
    /// What is wrong with it, naming the file, line or import.
    pub async fn install(&self, bytes: Vec<u8>, actor: Actor<'_>) -> Result<Installed> {
        let (bytes, checked) = tokio::task::spawn_blocking(move || {
            let checked = caisson_package::check_package(&bytes);
            (bytes, checked)
        })
        .await
        .map_err(|error| RegistryError::Disk(std::io::Error::other(error)))?;
        let package = checked?.package;
        let (key, version) = (package.manifest.key(), package.manifest.module.version.clone());

        let mut conn = self.db.conn().await?;
        match modules::version(&mut conn, &key, &version).await {
            Ok(known) if known.digest == package.digest => return Ok(installed(&known, true)),
            Ok(_) => return Err(RegistryError::OtherBytes { key, version }),
            Err(StorageError::Missing) => {}
            Err(error) => return Err(error.into()),
        }
        drop(conn);

        self.sandbox.compile(&package.digest, &package.component).await?;
        let stored = self.store(&bytes, &package, actor).await;
        if stored.is_err() {
            self.sandbox.forget(&package.digest);
            self.packages.remove(&package.digest).await.ok();
        }
        stored
    }

    async fn store(
        &self,
        bytes: &[u8],
        package: &caisson_package::Package,
        actor: Actor<'_>,
    ) -> Result<Installed> {
        // Linking now finds an import that does not fit while somebody is there to read about it.
        let key = package.manifest.key();
        self.sandbox.load(&package.digest, &key.to_string())?;
        self.packages.put(&package.digest, bytes).await.map_err(RegistryError::Disk)?;
        let mut version = Version {
            id: VersionId::new(),
            key: key.clone(),
            version: package.manifest.module.version.clone(),
            digest: package.digest.clone(),
            manifest: package.manifest_text.clone(),
            installed_at: Timestamp::now(),
            approved_at: None,
            approved_by: None,
        };
        let mut tx = self.db.begin().await?;
        modules::insert_version(&mut tx, &version).await?;
        self.inherit_grants(&mut tx, &mut version, &package.manifest).await?;
        let detail = serde_json::json!({ "version": version.version, "digest": version.digest });
        self.changed(&mut tx, actor, "module.install", &key.to_string(), &detail).await?;
        tx.commit().await?;
        Ok(installed(&version, false))
    }

    /// A version that asks for no more than what the serving one was granted keeps its grants; nothing to ask for is nothing
    /// to decide.
    async fn inherit_grants(
        &self,
        conn: &mut caisson_storage::Conn,
        version: &mut Version,
        manifest: &Manifest,
    ) -> Result<()> {
        let asked: Vec<_> = manifest.requests().into_iter().map(|request| request.id).collect();
        let before = modules::by_key(conn, &version.key).await?.active;
        let (inherited, by): (Vec<_>, Option<AdminId>) = match before {
            Some(before) => {
                let granted = grants::of(conn, before).await?;
                let known = read_manifest(&modules::version_by_id(conn, before).await?)?.requests();
                if !asked.iter().all(|id| known.iter().any(|request| &request.id == id)) {
                    return Ok(());
                }
                let by = modules::version_by_id(conn, before).await?.approved_by;
                (asked.into_iter().filter(|id| granted.contains(id)).collect(), by)
            }
            None if asked.is_empty() => (Vec::new(), None),
            None => return Ok(()),
        };
        let now = Timestamp::now();
        grants::replace(conn, version.id, &inherited, by, now).await?;
        modules::approve(conn, version.id, by, now).await?;
        version.approved_at = Some(now);
        Ok(())
    }
}

fn installed(version: &Version, already: bool) -> Installed {
    Installed {
        key: version.key.clone(),
        id: version.id,
        version: version.version.clone(),
        digest: version.digest.clone(),
        already,
        waits_for_approval: version.approved_at.is_none(),
    }
}
