//! A package comes in: checked, compiled, kept. Nothing is left behind where any step fails.

use caisson_package::Package;
use caisson_package::signature::Verified;
use caisson_storage::modules::Version;
use caisson_storage::publishers::Publisher;
use caisson_storage::trust::Trust;
use caisson_storage::{Conn, StorageError, audit, grants, modules, trust};
use caisson_types::{AdminId, Manifest, ModuleKey, Timestamp, VersionId};
use serde_json::json;

use crate::active::read_manifest;
use crate::difference::limit_changes;
use crate::trust::judge::{self, Read};
use crate::trust::{Admitted, Exceptions, Upload};
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
    /// Who signed it.
    pub publisher: Option<String>,
    /// It came without a signature, which the panel would rather have.
    pub unsigned: bool,
}

/// A package on its way in: read, checked, its signature proven.
struct Incoming {
    bytes: Vec<u8>,
    package: Package,
    signed: Option<(Publisher, Verified)>,
    exceptions: Exceptions,
    from: Option<String>,
}

impl Registry {
    /// Installs a package beside the versions that are there.
    ///
    /// # Errors
    /// Why it may not come in; what is wrong with it, naming the file, line or import.
    pub async fn install(&self, upload: impl Into<Upload>, actor: Actor<'_>) -> Result<Installed> {
        let Upload { package: bytes, signature, exceptions, from } = upload.into();
        let signer = self.signatures.signer(&mut *self.db.conn().await?, signature.as_deref()).await?;
        let (bytes, read) = tokio::task::spawn_blocking(move || {
            let read = judge::read(&bytes, signer);
            (bytes, read)
        })
        .await
        .map_err(|error| RegistryError::Disk(std::io::Error::other(error)))?;
        let Read { checked, signed } = read?;
        let package = checked.package;
        let incoming = Incoming { bytes, package, signed, exceptions, from };
        let (key, version) =
            (incoming.package.manifest.key(), incoming.package.manifest.module.version.clone());

        let mut conn = self.db.conn().await?;
        match modules::version(&mut conn, &key, &version).await {
            Ok(known) if known.digest == incoming.package.digest => {
                drop(conn);
                return self.install_again(&known, &incoming, actor).await;
            }
            Ok(_) => return Err(RegistryError::OtherBytes { key, version }),
            Err(StorageError::Missing) => {}
            Err(error) => return Err(error.into()),
        }
        let known = trust::of(&mut conn, &key).await?;
        self.admit(&mut conn, &incoming, &known).await?;
        drop(conn);

        self.sandbox.compile(&incoming.package.digest, &incoming.package.component).await?;
        let stored = self.store(&incoming, actor).await;
        if stored.is_err() {
            self.sandbox.forget(&incoming.package.digest);
            self.packages.remove(&incoming.package.digest).await.ok();
        }
        stored
    }

    async fn admit(&self, conn: &mut Conn, incoming: &Incoming, known: &Trust) -> Result<Admitted> {
        let manifest = &incoming.package.manifest;
        let what = (&manifest.key(), &manifest.module.version);
        self.signatures.admit(conn, incoming.signed.as_ref(), what, known, incoming.exceptions).await
    }

    async fn store(&self, incoming: &Incoming, actor: Actor<'_>) -> Result<Installed> {
        // Linking now finds an import that does not fit while somebody is there to read about it.
        let Incoming { bytes, package, .. } = incoming;
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
        // Once more, with the module held: another process may have installed or activated something meanwhile.
        let known = trust::lock(&mut tx, &key).await?;
        let admitted = self.admit(&mut tx, incoming, &known).await?;
        modules::insert_version(&mut tx, &version).await?;
        self.inherit_grants(&mut tx, &mut version, &package.manifest).await?;
        self.note_trust(&mut tx, &version, &admitted, actor).await?;
        let key_id = admitted.signature.as_ref().map(|signature| &signature.key_id);
        let detail = json!({
            "version": version.version, "digest": version.digest, "publisher": admitted.publisher, "key": key_id,
            "from": incoming.from,
        });
        self.changed(&mut tx, actor, "module.install", &key.to_string(), &detail).await?;
        tx.commit().await?;
        Ok(installed(&version, admitted, false))
    }

    /// The bytes are here. A signature that they came without is kept now; everything else stays.
    async fn install_again(
        &self,
        version: &Version,
        incoming: &Incoming,
        actor: Actor<'_>,
    ) -> Result<Installed> {
        let mut tx = self.db.begin().await?;
        let mut known = trust::lock(&mut tx, &version.key).await?;
        // It is no older than it was when it was let in.
        known.floor = None;
        let mut admitted = self.admit(&mut tx, incoming, &known).await?;
        let before = trust::signatures(&mut tx).await?.remove(&version.id);
        match (&admitted.signature, before) {
            (Some(now), before) if before.as_ref().map(|before| before.publisher) != Some(now.publisher) => {
                self.note_trust(&mut tx, version, &admitted, actor).await?;
                let detail = json!({
                    "version": version.version, "publisher": admitted.publisher, "key": now.key_id,
                });
                self.changed(&mut tx, actor, "module.sign", &version.key.to_string(), &detail).await?;
                tx.commit().await?;
            }
            (None, Some(before)) => admitted.publisher = Some(before.name),
            _ => {}
        }
        Ok(installed(version, admitted, true))
    }

    /// Keeps who signed a version, and what an administrator set aside for it.
    async fn note_trust(
        &self,
        conn: &mut Conn,
        version: &Version,
        admitted: &Admitted,
        actor: Actor<'_>,
    ) -> Result<()> {
        let subject = version.key.to_string();
        if let Some(signature) = &admitted.signature {
            trust::sign(conn, version.id, signature).await?;
            // An exception for a package that nobody signed is for that package: the module stays bound to who signed it.
            trust::bind(conn, &version.key, signature.publisher).await?;
        }
        if admitted.unsigned {
            let detail = json!({ "version": version.version, "digest": version.digest });
            audit::append(conn, actor, "module.unsigned", &subject, &detail).await?;
        }
        for (action, detail) in &admitted.excepted {
            audit::append(conn, actor, action, &subject, detail).await?;
        }
        Ok(())
    }

    /// A version that asks for no more than what the serving one was granted keeps its grants; nothing to ask for is nothing
    /// to decide.
    async fn inherit_grants(
        &self,
        conn: &mut Conn,
        version: &mut Version,
        manifest: &Manifest,
    ) -> Result<()> {
        let asked: Vec<_> = manifest.requests().into_iter().map(|request| request.id).collect();
        let before = modules::by_key(conn, &version.key).await?.active;
        let (inherited, by): (Vec<_>, Option<AdminId>) = match before {
            Some(before) => {
                let granted = grants::of(conn, before).await?;
                let serving = read_manifest(&modules::version_by_id(conn, before).await?)?;
                let known = serving.requests();
                let wider =
                    limit_changes(&serving, manifest, &self.cap).iter().any(|change| change.to > change.from);
                if wider || !asked.iter().all(|id| known.iter().any(|request| &request.id == id)) {
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

fn installed(version: &Version, admitted: Admitted, already: bool) -> Installed {
    Installed {
        key: version.key.clone(),
        id: version.id,
        version: version.version.clone(),
        digest: version.digest.clone(),
        already,
        waits_for_approval: version.approved_at.is_none(),
        publisher: admitted.publisher,
        unsigned: admitted.unsigned && !already,
    }
}
