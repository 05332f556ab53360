//! A package as it is uploaded, by a form or over the API: `package`, `signature`, and what is said of it.

use axum::extract::multipart::{Field, MultipartError};
use caisson_registry::{MAX_ARCHIVE_BYTES, MAX_SIGNATURE_BYTES, Upload};

use crate::ApiError;

/// Largest upload: the largest package of the format, a signature, and what stands between them.
pub(crate) const UPLOAD_MAX: usize = MAX_ARCHIVE_BYTES + (64 << 10);

pub(crate) fn broken(error: MultipartError) -> ApiError {
    ApiError::new(error.status(), error.body_text())
}

/// What has arrived so far.
#[derive(Default)]
pub(crate) struct Arriving(Upload);

impl Arriving {
    /// Takes one field; others than those of an upload are passed over.
    pub(crate) async fn take(&mut self, field: Field<'_>) -> Result<(), ApiError> {
        let Self(upload) = self;
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
            "new_publisher" => upload.exceptions.new_publisher = said(field).await?,
            "allow_older" => upload.exceptions.allow_older = said(field).await?,
            _ => {}
        }
        Ok(())
    }

    /// The upload, once all has arrived.
    pub(crate) fn finish(self) -> Result<Upload, ApiError> {
        if self.0.package.is_empty() {
            return Err(ApiError::field(
                "package",
                "Choose a package; programs send it as the field 'package'.",
            ));
        }
        Ok(self.0)
    }
}

async fn said(field: Field<'_>) -> Result<bool, ApiError> {
    Ok(matches!(field.text().await.map_err(broken)?.as_str(), "on" | "true" | "1"))
}
