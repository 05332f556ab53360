//! The judgement. What can be said before a package is read is said then: a package that nobody who is trusted signed is not
//! worth parsing.

use caisson_package::Checked;
use caisson_package::signature::{PublisherKey, Signature, Verified};
use caisson_storage::publishers::{self, Publisher};
use caisson_storage::trust::{Trust, VersionSignature};
use caisson_storage::{Conn, StorageError};
use caisson_types::ModuleKey;
use semver::Version;
use serde_json::json;

use super::{Admitted, Exceptions, Signatures, TrustError};
use crate::{RegistryError, Result};

/// A signature and the trusted publisher whose key it names.
pub(crate) struct Signer {
    signature: Signature,
    key: PublisherKey,
    publisher: Publisher,
}

/// A package that was read and checked, and the signature that covers it.
pub(crate) struct Read {
    pub(crate) checked: Checked,
    pub(crate) signed: Option<(Publisher, Verified)>,
}

impl Signatures {
    /// Who, of those the panel trusts, claims to have signed.
    pub(crate) async fn signer(self, conn: &mut Conn, signature: Option<&str>) -> Result<Option<Signer>> {
        let text = match (self, signature.filter(|text| !text.trim().is_empty())) {
            (Self::Off, _) | (Self::Warn, None) => return Ok(None),
            (Self::Required, None) => return Err(TrustError::Unsigned.into()),
            (Self::Required | Self::Warn, Some(text)) => text,
        };
        let signature = Signature::parse(text).map_err(TrustError::from)?;
        let publisher = trusted(conn, &signature.key_id().to_string()).await?;
        let key = publisher.public_key.parse().map_err(|_| {
            StorageError::Corrupt(format!("the public key of the publisher {} is none", publisher.id))
        })?;
        Ok(Some(Signer { signature, key, publisher }))
    }

    /// Whether `key` at `version` may come from whom it came, given what is known of the module.
    pub(crate) async fn admit(
        self,
        conn: &mut Conn,
        signed: Option<&(Publisher, Verified)>,
        (key, version): (&ModuleKey, &Version),
        known: &Trust,
        exceptions: Exceptions,
    ) -> Result<Admitted> {
        let mut admitted =
            Admitted { unsigned: self == Self::Warn && signed.is_none(), ..Admitted::default() };
        if let Some((publisher, verified)) = signed {
            // Again, since a revocation may have come while the package was compiled.
            let publisher = trusted(conn, &publisher.key_id).await?;
            if !publisher.modules.contain(key) {
                return Err(TrustError::NotForModule { name: publisher.name, module: key.clone() }.into());
            }
            admitted.signature = Some(VersionSignature {
                publisher: publisher.id,
                key_id: publisher.key_id,
                comment: verified.comment().to_owned(),
            });
            admitted.publisher = Some(publisher.name);
        }
        let now = admitted.signature.as_ref().map(|signature| signature.publisher);
        if let Some(before) = known.publisher.filter(|before| self != Self::Off && Some(*before) != now) {
            let before = publishers::by_id(conn, before).await?;
            let now = match &admitted.publisher {
                Some(name) => format!("signed by {name}"),
                None => "not signed".to_owned(),
            };
            if !exceptions.new_publisher {
                let before = format!("{} (key {})", before.name, before.key_id);
                return Err(TrustError::OtherPublisher { module: key.clone(), before, now }.into());
            }
            let detail = json!({ "version": version, "before": before.key_id, "now": now });
            admitted.excepted.push(("module.new-publisher", detail));
        }
        if let Some(floor) = known.floor.as_ref().filter(|floor| version < *floor) {
            if !exceptions.allow_older {
                let (version, floor) = (version.clone(), floor.clone());
                return Err(TrustError::Older { module: key.clone(), version, floor }.into());
            }
            admitted.excepted.push(("module.allow-older", json!({ "version": version, "floor": floor })));
        }
        Ok(admitted)
    }
}

async fn trusted(conn: &mut Conn, key_id: &str) -> Result<Publisher> {
    match publishers::by_key_id(conn, key_id).await {
        Ok(publisher) if publisher.revoked_at.is_none() => Ok(publisher),
        Ok(Publisher { name, key_id, .. }) => Err(TrustError::Revoked { name, key_id }.into()),
        Err(StorageError::Missing) => Err(TrustError::UnknownKey(key_id.to_owned()).into()),
        Err(error) => Err(error.into()),
    }
}

/// Reads a package, its signature first. Takes a processor for a while.
pub(crate) fn read(bytes: &[u8], signer: Option<Signer>) -> Result<Read> {
    let verified = signer
        .map(|Signer { signature, key, publisher }| Ok((publisher, key.verify(bytes, &signature)?)))
        .transpose()
        .map_err(|error| RegistryError::Trust(TrustError::Signature(error)))?;
    let checked = caisson_package::check_package(bytes)?;
    if let Some((_, verified)) = &verified {
        verified.fits(&checked.package).map_err(TrustError::from)?;
    }
    Ok(Read { checked, signed: verified })
}
