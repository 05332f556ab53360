use axum::extract::Multipart;
use axum::http::StatusCode;
use axum::response::Response;
use caisson_registry::ListedVersion;
use serde_json::{Value, json};

use super::super::error::{PageError, field_errors};
use super::super::guard::read_upload;
use super::super::ui::AdminUi;
use super::modules::{base, show_list};

/// Who signed a version, if anybody did.
pub(super) fn signed(version: &ListedVersion) -> Value {
    version.signed.as_ref().map_or(Value::Null, |signed| {
        json!({
            "name": signed.name, "key_id": signed.key_id, "comment": signed.comment,
            "revoked": signed.revoked_at.is_some(),
        })
    })
}

pub(super) async fn install(ui: AdminUi, form: Multipart) -> Result<Response, PageError> {
    let mut typed = Value::Null;
    let installed = async {
        let arrived = read_upload(&ui.shell, form).await?;
        typed = json!({ "address": arrived.address, "digest": arrived.digest });
        let upload = arrived.finish(&ui.app).await?;
        Ok::<_, PageError>(ui.app.registry().install(upload, ui.actor()).await?)
    };
    let installed = installed.await;
    match installed {
        Ok(installed) if installed.already => ui.done(&base(&installed.key), "done-installed-again").await,
        Ok(installed) => {
            let next = format!("{}/-/approve", base(&installed.key));
            if installed.unsigned {
                ui.say(&next, "warning", ui.t("done-installed-unsigned", &[])).await
            } else {
                ui.done(&next, "done-installed").await
            }
        }
        Err(error) => {
            let errors = field_errors(error)?;
            show_list(&ui, StatusCode::UNPROCESSABLE_ENTITY, &errors, typed).await
        }
    }
}
