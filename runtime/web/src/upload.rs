//! A package as it is uploaded, by a form or over the API: `package` or the `address` to fetch it from, `signature`, and what is said
//! of it.

use axum::extract::multipart::{Field, MultipartError};
use caisson_distribution::Source;
use caisson_registry::{MAX_ARCHIVE_BYTES, MAX_SIGNATURE_BYTES, Upload};

use crate::{ApiError, App};

/// Largest upload: the largest package of the format, a signature, and what stands between them.
pub(crate) const UPLOAD_MAX: usize = MAX_ARCHIVE_BYTES + (64 << 10);

pub(crate) fn broken(error: MultipartError) -> ApiError {
    ApiError::new(error.status(), error.body_text())
}

/// What has arrived so far.
#[derive(Default)]
pub(crate) struct Arriving {
    upload: Upload,
    /// Where to fetch it, as somebody typed it.
    pub(crate) address: String,
    pub(crate) digest: String,
}

impl Arriving {
    /// Takes one field; others than those of an upload are passed over.
    pub(crate) async fn take(&mut self, field: Field<'_>) -> Result<(), ApiError> {
        let Self { upload, address, digest } = self;
        match field.name().unwrap_or_default() {
            "package" => upload.package = field.bytes().await.map_err(broken)?.to_vec(),
            "signature" => {
                let bytes = field.bytes().await.map_err(broken)?;
                let wrong =
                    || ApiError::field("signature", "This is not a signature: choose the .minisig file.");
                if bytes.len() > MAX_SIGNATURE_BYTES {
                    return Err(wrong());
                }
                let text = std::str::from_utf8(&bytes).map_err(|_| wrong())?;
                // A form without a chosen file sends an empty one.
                upload.signature = Some(text.to_owned()).filter(|text| !text.is_empty());
            }
            "address" => *address = field.text().await.map_err(broken)?.trim().to_owned(),
            "digest" => *digest = field.text().await.map_err(broken)?.trim().to_owned(),
            "new_publisher" => upload.exceptions.new_publisher = said(field).await?,
            "allow_older" => upload.exceptions.allow_older = said(field).await?,
            _ => {}
        }
        Ok(())
    }

    /// The upload, once all has arrived; what is to be fetched is fetched now.
    pub(crate) async fn finish(self, app: &App) -> Result<Upload, ApiError> {
        let Self { upload, address, digest } = self;
        match (upload.package.is_empty(), address.is_empty()) {
            (true, true) => Err(ApiError::field(
                "package",
                "Choose a package, or say its address; programs send the fields 'package' or 'address'.",
            )),
            (false, false) => Err(ApiError::field("address", "Send a package or an address, not both.")),
            (false, true) => Ok(upload),
            (true, false) => {
                let digest = Some(digest.as_str()).filter(|digest| !digest.is_empty());
                let source = Source::parse(&address, digest)
                    .map_err(|error| ApiError::field(error.field(), error.to_string()))?;
                let found = app.registry().download(&source, None).await?;
                let signature = upload.signature.or(found.signature);
                Ok(Upload { signature, exceptions: upload.exceptions, ..found })
            }
        }
    }
}

async fn said(field: Field<'_>) -> Result<bool, ApiError> {
    Ok(matches!(field.text().await.map_err(broken)?.as_str(), "on" | "true" | "1"))
}
