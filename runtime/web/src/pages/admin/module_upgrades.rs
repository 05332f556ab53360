//! From version to version on pages: the difference, a canary, back; and out.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use caisson_registry::{CanaryPlan, Difference, Listed};
use caisson_types::FieldError;
use caisson_types::manifest::GrantRequest;
use minijinja::context;
use serde_json::{Value, json};

use super::super::error::{PageError, field_errors};
use super::super::guard::Form;
use super::super::lists::Asked;
use super::super::rows;
use super::super::ui::AdminUi;
use super::module_trials;
use super::modules::{base, key};
use crate::export;
use crate::view::data;

type Address = Path<(String, String)>;

/// The last canary of a module as its page shows it, and the version that a roll back leads to.
pub(super) async fn state(ui: &AdminUi, module: &Listed) -> Result<(Value, Value), PageError> {
    let registry = ui.app.registry();
    let named = |id| module.versions.iter().find(|one| one.id == id).map(|one| one.version.to_string());
    let before = registry.before(&module.key).await?.and_then(named);
    let canary = registry.canary(&module.key).await?.map(|canary| {
        json!({
            "version": named(canary.version), "share": canary.share, "services": canary.services.len(),
            "calls": canary.calls, "failed": canary.failed, "least": canary.least_calls,
            "most": f64::from(canary.most_failures) / 100.0, "running": canary.ended_at.is_none(),
            "verdict": canary.verdict,
        })
    });
    Ok((json!(canary), json!(before)))
}

fn lines(requests: &[GrantRequest]) -> Value {
    let line = |one: &GrantRequest| json!({ "id": one.id.0, "risk": one.risk.as_str(), "sentence": one.sentence, "reason": one.reason });
    requests.iter().map(line).collect()
}

pub(super) async fn difference(
    ui: AdminUi,
    Path((kind, name)): Address,
    query: Asked,
) -> Result<Response, PageError> {
    let key = key(&kind, &name)?;
    let difference = ui.app.registry().difference_of(&key, query.get("version")).await?;
    show(&ui, StatusCode::OK, &kind, &name, &difference, &[]).await
}

async fn show(
    ui: &AdminUi,
    status: StatusCode,
    kind: &str,
    name: &str,
    of: &Difference,
    errors: &[FieldError],
) -> Result<Response, PageError> {
    let module = ui.app.registry().show(&key(kind, name)?).await?;
    let version = of.to.to_string();
    let found = module.versions.iter().find(|one| one.version == of.to);
    let trial = match found {
        Some(found) => module_trials::row(ui, found.id).await?,
        None => Value::Null,
    };
    let context = context! {
        module => data(json!({ "type": kind, "name": name, "title": module.shown().manifest.module.title })),
        version => version, serving => of.from.as_ref().map(ToString::to_string), waits => of.waits,
        more => data(lines(&of.more)), less => data(lines(&of.less)), same => data(lines(&of.same)),
        limits => data(json!(of.limits)), parts => data(json!(of.parts)),
        trial => data(trial),
        errors => data(rows::errors(errors)),
    };
    ui.page_with(status, "admin/modules/difference.html", context).await
}

/// Begins a canary, from the form below the difference.
pub(super) async fn begin_canary(
    ui: AdminUi,
    Path((kind, name)): Address,
    form: Form,
) -> Result<Response, PageError> {
    let key = key(&kind, &name)?;
    let registry = ui.app.registry();
    let version = registry.find_version(&key, Some(form.text("version"))).await?;
    // What is no number is none that is allowed.
    let number = |name: &str| form.text(name).trim().parse::<f64>().unwrap_or(f64::NAN);
    let whole = |name: &str| form.text(name).trim().parse::<u32>().unwrap_or(u32::MAX);
    let plan = CanaryPlan {
        share: whole("share"),
        services: Vec::new(),
        most_failures: number("most_failures"),
        least_calls: whole("least_calls"),
    };
    match registry.begin_canary(version, plan, ui.actor()).await {
        Ok(_) => ui.done(&format!("{}?tab=versions", base(&key)), "done-canary").await,
        Err(error) => {
            let errors = field_errors(error)?;
            let difference = registry.difference(version).await?;
            show(&ui, StatusCode::UNPROCESSABLE_ENTITY, &kind, &name, &difference, &errors).await
        }
    }
}

/// What goes, and the ways to take it along.
pub(super) async fn leaving(ui: AdminUi, Path((kind, name)): Address) -> Result<Response, PageError> {
    show_leaving(&ui, StatusCode::OK, &kind, &name, &[]).await
}

async fn show_leaving(
    ui: &AdminUi,
    status: StatusCode,
    kind: &str,
    name: &str,
    errors: &[FieldError],
) -> Result<Response, PageError> {
    let module = ui.app.registry().show(&key(kind, name)?).await?;
    let context = context! {
        module => data(json!({
            "type": kind, "name": name, "title": module.shown().manifest.module.title, "status": module.status.as_str(),
        })),
        errors => data(rows::errors(errors)),
    };
    ui.page_with(status, "admin/modules/leaving.html", context).await
}

pub(super) async fn erase(
    ui: AdminUi,
    Path((kind, name)): Address,
    form: Form,
) -> Result<Response, PageError> {
    let key = key(&kind, &name)?;
    match ui.app.registry().erase(&key, form.text("name"), ui.actor()).await {
        Ok(()) => ui.done("/admin/modules", "done-erased").await,
        Err(error) => {
            let errors = field_errors(error)?;
            show_leaving(&ui, StatusCode::UNPROCESSABLE_ENTITY, &kind, &name, &errors).await
        }
    }
}

pub(super) async fn download(ui: AdminUi, Path((kind, name)): Address) -> Result<Response, PageError> {
    Ok(export::answer(&ui.app, &key(&kind, &name)?).await?)
}
