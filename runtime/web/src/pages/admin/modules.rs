use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use caisson_registry::{Asked as Requested, Listed};
use caisson_sandbox::exports;
use caisson_storage::tasks::{self, TaskFilter};
use caisson_storage::{Optional, PageQuery, admins, module_log, modules};
use caisson_types::manifest::{GrantId, GrantRequest, Risk};
use caisson_types::{FieldError, Manifest, ModuleKey, ModuleType, Slug, VersionId};
use minijinja::{Value as ViewValue, context};
use serde_json::{Map, Value, json};

use super::super::error::{PageError, field_errors};
use super::super::forms;
use super::super::guard::Form;
use super::super::lists::Asked;
use super::super::module_view::{self, Place};
use super::super::rows;
use super::super::ui::AdminUi;
use super::module_install::signed;
use super::module_trials;
use super::{module_upgrades, module_usage, module_versions};
use crate::ApiError;
use crate::view::data;

/// Type and name, as addresses carry them.
pub(super) fn key(kind: &str, name: &str) -> Result<ModuleKey, PageError> {
    let missing = || ApiError::not_found("module");
    let kind: ModuleType = kind.parse().map_err(|_| missing())?;
    let name: Slug = name.parse().map_err(|_| missing())?;
    Ok(ModuleKey::new(kind, name))
}

pub(super) fn base(key: &ModuleKey) -> String {
    format!("/admin/modules/{key}")
}

/// Requests of the newest version that nobody has decided on: those that the version that serves did not make. One that asks for
/// nothing new, such as for a higher limit, is a decision too.
fn waits(module: &Listed) -> usize {
    let newest = &module.versions[0];
    if newest.approved_at.is_some() {
        return 0;
    }
    let serving = module.versions.iter().find(|version| Some(version.id) == module.active);
    let known = serving.map(|version| version.manifest.requests()).unwrap_or_default();
    let is_new = |request: &GrantRequest| !known.iter().any(|known| known.id == request.id);
    newest.manifest.requests().into_iter().filter(is_new).count().max(1)
}

pub(super) async fn list(ui: AdminUi) -> Result<Response, PageError> {
    show_list(&ui, StatusCode::OK, &[], Value::Null).await
}

/// `typed` is what a refused installation said of where its package is.
pub(super) async fn show_list(
    ui: &AdminUi,
    status: StatusCode,
    errors: &[FieldError],
    typed: Value,
) -> Result<Response, PageError> {
    let listed = ui.app.registry().list().await?;
    let rows: Vec<Value> = listed.iter().map(row).collect();
    let context =
        context! { modules => data(rows), errors => data(rows::errors(errors)), typed => data(typed) };
    ui.page_with(status, "admin/modules/list.html", context).await
}

fn row(module: &Listed) -> Value {
    let shown = module.shown();
    let about = &shown.manifest.module;
    json!({
        "type": module.key.kind().as_str(), "name": module.key.name().as_str(), "title": about.title,
        "description": about.description, "author": about.author, "website": about.website, "icon": about.icon,
        "status": module.status.as_str(), "quarantined": module.quarantined, "version": shown.version.to_string(),
        "update": module.update().map(|version| version.version.to_string()),
        "approved": shown.approved_at.is_some(), "waits": waits(module),
        "contract": shown.manifest.contract.to_string(), "digest": shown.digest,
        "installed_at": shown.installed_at.0, "approved_at": shown.approved_at.map(|at| at.0),
        "signed": signed(shown),
    })
}

fn asked(requests: Vec<Requested>, ticked: impl Fn(&Requested) -> bool) -> Value {
    let row = |one: Requested| {
        json!({
            "id": one.request.id.0, "risk": one.request.risk.as_str(), "sentence": one.request.sentence,
            "reason": one.request.reason, "new": one.new, "used": null, "granted": ticked(&one),
        })
    };
    requests.into_iter().map(row).collect()
}

/// Where a module's gateway or provider calls the panel.
fn webhook(manifest: &Manifest) -> Option<String> {
    let about = &manifest.module;
    let called = about.kind == ModuleType::Payment || manifest.webhook.is_some();
    called.then(|| format!("/webhooks/{}/{}", about.kind, about.name))
}

/// What a version brings to the panel.
pub(super) fn adds(manifest: &Manifest) -> Value {
    json!({
        "pages": manifest.admin.sidebar.iter().map(|link| &link.title).collect::<Vec<_>>(),
        "tabs": manifest.client.tabs.iter().map(|tab| &tab.name).collect::<Vec<_>>(),
        "permissions": manifest.permissions.iter().map(|permission| &permission.name).collect::<Vec<_>>(),
        "schedules": manifest.schedules.iter().map(|one| format!("{} ({})", one.name, one.cron)).collect::<Vec<_>>(),
        "webhooks": webhook(manifest).into_iter().collect::<Vec<_>>(),
    })
}

/// Limits that the version asks for beside the defaults.
fn budget(ui: &AdminUi, manifest: &Manifest) -> Vec<Value> {
    let asked = &manifest.capabilities.budget;
    let line =
        |key: &str, text: Option<String>| text.map(|text| json!({ "label": ui.t(key, &[]), "text": text }));
    let ms = |value: Option<u32>| value.map(|ms| format!("{ms} ms"));
    [
        line("budget-memory", asked.memory_mib.map(|mib| format!("{mib} MiB"))),
        line("budget-cpu", ms(asked.page_cpu_ms)),
        line("budget-wall", ms(asked.page_wall_ms)),
        line("budget-http", asked.http_requests.map(|count| count.to_string())),
        line("budget-mails", asked.mails.map(|count| count.to_string())),
    ]
    .into_iter()
    .flatten()
    .collect()
}

pub(super) async fn approval(
    ui: AdminUi,
    Path((kind, name)): Path<(String, String)>,
    query: Asked,
) -> Result<Response, PageError> {
    show_approval(&ui, StatusCode::OK, &key(&kind, &name)?, query.get("grant"), &[]).await
}

async fn show_approval(
    ui: &AdminUi,
    status: StatusCode,
    key: &ModuleKey,
    wanted: Option<&str>,
    errors: &[FieldError],
) -> Result<Response, PageError> {
    let module = ui.app.registry().show(key).await?;
    let newest = &module.versions[0];
    let requests = ui.app.registry().asked(newest.id).await?;
    let serving = module.versions.iter().find(|version| Some(version.id) == module.active);
    let serving = serving.filter(|version| version.id != newest.id);
    let dropped: Vec<Value> = serving
        .map(|before| before.manifest.requests())
        .unwrap_or_default()
        .into_iter()
        .filter(|gone| !requests.iter().any(|kept| kept.request.id == gone.id))
        .map(|gone| json!({ "id": gone.id.0, "sentence": gone.sentence }))
        .collect();
    let before: Vec<GrantId> = match serving {
        Some(serving) => {
            let held = ui.app.registry().asked(serving.id).await?;
            held.into_iter().filter(|one| one.granted).map(|one| one.request.id).collect()
        }
        None => Vec::new(),
    };
    // Until somebody decides: what was granted to the version before, and what can do no harm.
    let undecided = newest.approved_at.is_none();
    let ticked = |one: &Requested| {
        let harmless = one.request.risk == Risk::Low || before.contains(&one.request.id);
        one.granted || (undecided && harmless) || wanted == Some(one.request.id.0.as_str())
    };
    let about = &newest.manifest.module;
    let context = context! {
        module => data(json!({
            "type": key.kind().as_str(), "name": key.name().as_str(), "title": about.title, "icon": about.icon,
            "status": module.status.as_str(), "signed": signed(newest),
        })),
        version => newest.version.to_string(),
        serving => serving.map(|version| version.version.to_string()),
        asked => data(asked(requests, ticked)),
        dropped => data(dropped),
        budget => data(budget(ui, &newest.manifest)),
        adds => data(adds(&newest.manifest)),
        trial => data(module_trials::row(ui, newest.id).await?),
        errors => data(rows::errors(errors)),
    };
    ui.page_with(status, "admin/modules/approve.html", context).await
}

pub(super) async fn approve(
    ui: AdminUi,
    Path((kind, name)): Path<(String, String)>,
    form: Form,
) -> Result<Response, PageError> {
    let key = key(&kind, &name)?;
    let registry = ui.app.registry();
    let grants: Vec<GrantId> = form.all("grants").map(|grant| GrantId(grant.to_owned())).collect();
    let version = Some(form.text("version")).filter(|version| !version.is_empty());
    let decided = async {
        let version = registry.find_version(&key, version).await?;
        registry.approve(version, &grants, Some(ui.admin.id), ui.actor()).await?;
        if form.text("then") == "activate" {
            registry.activate(version, ui.actor()).await?;
        }
        Ok::<_, PageError>(())
    };
    match decided.await {
        Ok(()) if form.text("then") == "activate" => {
            ui.done(&format!("{}?tab=settings", base(&key)), "done-activated").await
        }
        Ok(()) => ui.done(&base(&key), "done-approved").await,
        Err(error) => {
            let errors = field_errors(error)?;
            show_approval(&ui, StatusCode::UNPROCESSABLE_ENTITY, &key, None, &errors).await
        }
    }
}

const TABS: [&str; 7] = ["overview", "permissions", "settings", "log", "calls", "tasks", "versions"];

pub(super) async fn show(
    ui: AdminUi,
    Path((kind, name)): Path<(String, String)>,
    query: Asked,
) -> Result<Response, PageError> {
    let key = key(&kind, &name)?;
    let tab = TABS.into_iter().find(|tab| query.get("tab") == Some(tab)).unwrap_or("overview");
    let module = ui.app.registry().show(&key).await?;
    let own = match tab {
        "permissions" => module_usage::permissions(&ui, &key).await?,
        "settings" => settings_tab(&ui, &key, None, &[], None).await?,
        "log" => log_tab(&ui, &key).await?,
        "calls" => module_usage::calls(&ui, &key, &query).await?,
        "tasks" => tasks_tab(&ui, &key, &query).await?,
        "versions" => module_versions::tab(&ui, &module, &query).await?,
        _ => module_usage::overview(&ui, &module).await?,
    };
    page(&ui, StatusCode::OK, &module, tab, own).await
}

async fn page(
    ui: &AdminUi,
    status: StatusCode,
    module: &Listed,
    tab: &str,
    own: ViewValue,
) -> Result<Response, PageError> {
    let mut shown = row(module);
    let mut conn = ui.app.db().conn().await?;
    let approver = modules::version_by_id(&mut conn, module.shown().id).await?.approved_by;
    let approver = match approver {
        Some(admin) => admins::by_id(&mut conn, admin).await.optional()?.map(|admin| admin.name),
        None => None,
    };
    drop(conn);
    shown["approved_by"] = json!(approver);
    let (canary, before) = module_upgrades::state(ui, module).await?;
    let context = context! {
        module => data(shown), tab, waits => waits(module), canary => data(canary), before => data(before), ..own
    };
    ui.page_with(status, "admin/modules/show.html", context).await
}

async fn log_tab(ui: &AdminUi, key: &ModuleKey) -> Result<ViewValue, PageError> {
    let filter = module_log::LogFilter { module: Some(key.clone()), ..module_log::LogFilter::default() };
    let entries = module_log::page(&mut *ui.app.db().conn().await?, &filter, &PageQuery::first(50)).await?;
    Ok(context! {
        entries => data(rows::log_entries(&ui.app, &entries.items)), more => format!("/admin/log?module={key}"),
    })
}

async fn tasks_tab(ui: &AdminUi, key: &ModuleKey, query: &Asked) -> Result<ViewValue, PageError> {
    let filter = TaskFilter { module: Some(key.clone()), ..TaskFilter::default() };
    let mut conn = ui.app.db().conn().await?;
    let found = tasks::page(&mut conn, &filter, &query.page()).await?;
    Ok(context! {
        tasks => data(rows::tasks(&ui.app, &mut conn, &found.items).await?),
        listing => data(query.listing(&format!("{}?tab=tasks", base(key)), found.total, Vec::new())),
    })
}

/// What a connection test found.
struct Tested {
    ok: bool,
    message: String,
}

async fn settings_tab(
    ui: &AdminUi,
    key: &ModuleKey,
    given: Option<&Map<String, Value>>,
    errors: &[FieldError],
    test: Option<Tested>,
) -> Result<ViewValue, PageError> {
    let registry = ui.app.registry();
    let form = registry.settings_form(key).await?;
    let values = match given {
        Some(given) => forms::typed(&form.fields, given),
        None => Value::Object(form.values),
    };
    let active = registry.active(key).ok();
    let mut settings_html = None;
    if let Some(active) = &active
        && let Ok(Some((template, json))) = registry.settings_page(active).await
        && let Ok(json) = serde_json::from_str::<Value>(&json)
    {
        settings_html = module_view::shown(ui, active, &template, &json, &Place::admin(active, None)).0;
    }
    let webhooks = active.as_ref().and_then(|active| {
        let path = webhook(&active.manifest)?;
        let url = format!("{}{path}", ui.app.public_url());
        Some(json!({ "name": active.manifest.module.title, "url": url }))
    });
    Ok(context! {
        form => data(forms::generated(&form.fields, &values, &form.secrets_set)),
        errors => data(rows::errors(errors)),
        test => test.map(|test| context! { ok => test.ok, message => test.message }),
        can_test => active.is_some_and(|active| active.has(&exports::settings::TEST_CONNECTION)),
        webhooks => data(webhooks.into_iter().collect::<Value>()),
        settings_html,
    })
}

pub(super) async fn settings(
    ui: AdminUi,
    Path((kind, name)): Path<(String, String)>,
    form: Form,
) -> Result<Response, PageError> {
    let key = key(&kind, &name)?;
    let registry = ui.app.registry();
    let given = form.values(&registry.settings_form(&key).await?.fields, "");
    let (status, errors, test) = if form.text("then") == "test" {
        match registry.test_connection(&key, given.clone()).await {
            Ok(message) => (StatusCode::OK, Vec::new(), Some(Tested { ok: true, message })),
            Err(error) => {
                let errors = field_errors(error)?;
                let (whole, of_fields): (Vec<_>, Vec<_>) =
                    errors.into_iter().partition(|error| error.field.is_empty());
                let message = whole.into_iter().map(|error| error.message).collect::<Vec<_>>().join(" ");
                let test = (!message.is_empty()).then_some(Tested { ok: false, message });
                (StatusCode::UNPROCESSABLE_ENTITY, of_fields, test)
            }
        }
    } else {
        match registry.save_settings(&key, given.clone(), ui.actor()).await {
            Ok(()) => return ui.done(&format!("{}?tab=settings", base(&key)), "done-saved").await,
            Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, field_errors(error)?, None),
        }
    };
    let module = registry.show(&key).await?;
    let own = settings_tab(&ui, &key, Some(&given), &errors, test).await?;
    page(&ui, status, &module, "settings", own).await
}

pub(super) async fn verb(
    ui: AdminUi,
    Path((kind, name, verb)): Path<(String, String, String)>,
    form: Form,
) -> Result<Response, PageError> {
    let key = key(&kind, &name)?;
    let (registry, to) = (ui.app.registry(), base(&key));
    let named = async || {
        let version = Some(form.text("version")).filter(|version| !version.is_empty());
        registry.find_version(&key, version).await
    };
    let (result, said) = match verb.as_str() {
        // The newest: what is waiting, or what served last.
        "promote" => (registry.promote(&key, ui.actor()).await.map(|_| ()), "done-activated"),
        "roll-back" => (registry.roll_back(&key, ui.actor()).await.map(|_| ()), "done-rolled-back"),
        "activate" | "update" => {
            let activate = async |id: VersionId| registry.activate(id, ui.actor()).await.map(|_| ());
            let activated = match named().await {
                Ok(id) => activate(id).await,
                Err(error) => Err(error),
            };
            (activated, "done-activated")
        }
        "deactivate" => (registry.deactivate(&key, ui.actor()).await, "done-deactivated"),
        "release" => (registry.release(&key, ui.actor()).await, "done-saved"),
        "delete" => {
            let deleted = registry.delete(&key, ui.actor()).await;
            if deleted.is_ok() {
                return ui.done("/admin/modules", "done-deleted").await;
            }
            (deleted, "done-deleted")
        }
        "delete-version" => {
            let deleted = match named().await {
                Ok(id) => registry.delete_version(id, ui.actor()).await,
                Err(error) => Err(error),
            };
            (deleted, "done-deleted")
        }
        _ => return Err(ApiError::not_found("page").into()),
    };
    ui.outcome(&to, said, result).await
}
