use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use caisson_billing::NewService;
use caisson_storage::services::{self, ServiceContext, ServiceFilter};
use caisson_storage::tasks::{self, Task};
use caisson_storage::{PageQuery, module_log, service_events};
use caisson_types::{ClientId, FieldError, ProductId, ProvisionStatus, ServiceId, TaskStatus, Verb};
use minijinja::{Value as ViewValue, context};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::error::{PageError, field_errors};
use super::super::forms;
use super::super::guard::Form;
use super::super::lists::Asked;
use super::super::module_view::{self, Place};
use super::super::rows;
use super::super::ui::{AdminUi, HX_REFRESH};
use crate::ApiError;
use crate::view::{FilterOption, data};

const VERBS: [Verb; 5] = [Verb::Create, Verb::Suspend, Verb::Unsuspend, Verb::ChangePackage, Verb::Terminate];
const STATUSES: [ProvisionStatus; 7] = [
    ProvisionStatus::Pending,
    ProvisionStatus::Processing,
    ProvisionStatus::Completed,
    ProvisionStatus::Failed,
    ProvisionStatus::Error,
    ProvisionStatus::Suspended,
    ProvisionStatus::Terminated,
];
/// What stands before the names of the module's fields.
const PREFIX: &str = "data.";
/// Rows of each list on a service's page.
const FEW: u64 = 10;
/// Clients and products that a form offers.
const OFFERED: u64 = 500;

pub(super) async fn list(ui: AdminUi, asked: Asked) -> Result<Response, PageError> {
    let filter = ServiceFilter {
        client: asked.parse::<Uuid>("client").map(ClientId),
        product: asked.parse::<Uuid>("product").map(ProductId),
        module: asked.module(),
        provision_status: asked.parse("status"),
    };
    let page = services::page_contexts(&mut *ui.app.db().conn().await?, &filter, &asked.page()).await?;
    let products = ui.app.billing().products().await?;
    let products = products
        .into_iter()
        .map(|product| FilterOption { value: product.id.to_string(), label: product.name })
        .collect();
    let filters = vec![
        asked.words(&ui, "status", "col-status", "status-", STATUSES),
        asked.filter("product", ui.t("col-product", &[]), products),
        asked.modules(&ui),
    ];
    let context = context! {
        services => data(page.items.iter().map(|context| rows::service(&ui.app, context)).collect::<Vec<_>>()),
        listing => data(asked.listing("/admin/services", page.total, filters)),
    };
    ui.page("admin/services/list.html", context).await
}

pub(super) async fn new(ui: AdminUi, asked: Asked) -> Result<Response, PageError> {
    let (client, product) =
        (asked.get("client_id").unwrap_or_default(), asked.get("product_id").unwrap_or_default());
    show_form(&ui, StatusCode::OK, (client, product), None, &[]).await
}

async fn show_form(
    ui: &AdminUi,
    status: StatusCode,
    (client, product): (&str, &str),
    given: Option<Map<String, Value>>,
    errors: &[FieldError],
) -> Result<Response, PageError> {
    let billing = ui.app.billing();
    let clients =
        billing.clients(&PageQuery { order: Some("name".to_owned()), ..PageQuery::first(OFFERED) }).await?;
    let products = billing.products().await?;
    let chosen = products.iter().find(|one| one.id.to_string() == product && !client.is_empty());
    let mut form = None;
    if let Some(chosen) = chosen {
        let active = ui.app.registry().active(&chosen.module)?;
        let fields: Vec<_> =
            active.manifest.service.iter().filter(|field| !field.internal).cloned().collect();
        let values = match &given {
            Some(given) => forms::typed(&fields, given),
            None => billing.order_form(&active, ui.locale()).await,
        };
        form = Some(data(forms::generated(&fields, &values, &[])));
    }
    let option = |value: String, label: String| json!({ "value": value, "label": label });
    let clients = clients.items.into_iter();
    let clients = clients.map(|one| option(one.id.to_string(), format!("{} ({})", one.name, one.email)));
    let products = products.iter().map(|one| option(one.id.to_string(), one.name.clone()));
    let context = context! {
        clients => data(clients.collect::<Vec<_>>()),
        products => data(products.collect::<Vec<_>>()),
        values => context! { client_id => client, product_id => product },
        form,
        errors => data(rows::errors(errors)),
    };
    ui.page_with(status, "admin/services/new.html", context).await
}

pub(super) async fn create(ui: AdminUi, form: Form) -> Result<Response, PageError> {
    let (client, product) = (form.text("client_id"), form.text("product_id"));
    let id = |field: &'static str| {
        let parsed: Result<Uuid, _> = form.text(field).parse();
        parsed.map_err(|_| ApiError::field(field, "Choose one."))
    };
    let (client_id, product_id) = (ClientId(id("client_id")?), ProductId(id("product_id")?));
    let module = ui.app.billing().product(product_id).await?.module;
    let given = form.values(&ui.app.registry().active(&module)?.manifest.service, PREFIX);
    let order = NewService { client_id, product_id, data: given.clone() };
    match ui.app.billing().create_service(order, ui.actor()).await {
        Ok(service) => {
            let to = format!("/admin/services/{}", service.id);
            if form.text("then") != "create" {
                return ui.done(&to, "done-created").await;
            }
            let begun = ui.app.billing().run_verb(service.id, Verb::Create, ui.actor()).await;
            ui.outcome(&to, "done-asked", begun).await
        }
        Err(error) => {
            let errors = field_errors(error)?;
            show_form(&ui, StatusCode::UNPROCESSABLE_ENTITY, (client, product), Some(given), &errors).await
        }
    }
}

/// The task that works on a service, or the last one.
fn current(tasks: &[Task]) -> Option<&Task> {
    let unfinished = |task: &&Task| matches!(task.status, TaskStatus::Pending | TaskStatus::Running);
    tasks.iter().find(unfinished).or_else(|| tasks.first())
}

pub(super) async fn show(ui: AdminUi, Path(id): Path<Uuid>) -> Result<Response, PageError> {
    let app = &ui.app;
    let found = app.billing().service(ServiceId(id)).await?;
    let service = &found.service;
    let mut conn = app.db().conn().await?;
    let recent = tasks::of_service(&mut conn, service.id, FEW).await?;
    let filter = module_log::LogFilter { service: Some(service.id), ..module_log::LogFilter::default() };
    let entries = module_log::page(&mut conn, &filter, &PageQuery::first(FEW)).await?.items;
    let events = service_events::of(&mut conn, service.id, 20).await?;
    drop(conn);
    let labels = std::iter::once((service.id, rows::label(app, service))).collect();
    let task = |task: &Task| rows::task(app, task, &labels);
    let (facts, secrets_set) = (rows::facts(app, service, false), rows::secrets_set(app, service));
    let packages: Vec<Value> = app
        .billing()
        .products()
        .await?
        .into_iter()
        .filter(|product| product.module == service.module && product.id != service.product_id)
        .map(|product| json!({ "value": product.id, "label": product.name }))
        .collect();
    let verbs: Vec<Value> = VERBS
        .into_iter()
        .filter(|verb| *verb != Verb::ChangePackage || !packages.is_empty())
        .map(|verb| json!({ "key": verb.as_str(), "fits": verb.fits(service.provision_status) }))
        .collect();
    let actions: Vec<Value> = match app.registry().active_for(&service.module, service.id) {
        Ok(active) if service.provision_status == ProvisionStatus::Completed => {
            active.manifest.actions.iter().map(module_view::button).collect()
        }
        _ => Vec::new(),
    };
    let (module_html, module_error) = service_page(&ui, &found).await?;
    let context = context! {
        service => data(rows::service(app, &found)),
        facts => data(facts), secrets_set => data(secrets_set), verbs => data(verbs),
        packages => data(packages), actions => data(actions),
        task => current(&recent).map(|one| data(task(one))),
        tasks => data(recent.iter().map(task).collect::<Vec<_>>()),
        entries => data(rows::log_entries(app, &entries)),
        timeline => data(rows::timeline(&events)),
        module_html, module_error,
    };
    ui.page("admin/services/show.html", context).await
}

/// The module's part of the page, or why it is not there. A module that fails does not take the page with it.
async fn service_page(
    ui: &AdminUi,
    found: &ServiceContext,
) -> Result<(Option<ViewValue>, Option<String>), PageError> {
    let shown = ui.app.billing().service_page(found.clone(), ui.locale()).await;
    let active = ui.app.registry().active_for(&found.service.module, found.service.id);
    match (shown, active) {
        (Ok(Some((template, json))), Ok(active)) => {
            let place = Place::admin(&active, Some(found.service.id));
            Ok(module_view::shown(ui, &active, &template, &json, &place))
        }
        (Ok(_), _) | (_, Err(_)) => Ok((None, None)),
        (Err(error), Ok(_)) => Ok((None, Some(ApiError::from(error).message))),
    }
}

pub(super) async fn state(ui: AdminUi, Path(id): Path<Uuid>) -> Result<Response, PageError> {
    let found = ui.app.billing().service(ServiceId(id)).await?;
    let recent = tasks::of_service(&mut *ui.app.db().conn().await?, found.service.id, 1).await?;
    let labels = std::iter::once((found.service.id, String::new())).collect();
    let context = context! {
        service => context! { id => found.service.id.to_string() },
        task => current(&recent).map(|task| data(rows::task(&ui.app, task, &labels))),
    };
    let page = ui.fragment("admin/services/state.html", context)?;
    if found.service.provision_status == ProvisionStatus::Processing {
        return Ok(page);
    }
    Ok(([(HX_REFRESH, HeaderValue::from_static("true"))], page).into_response())
}

pub(super) async fn verb(
    ui: AdminUi,
    Path((id, verb)): Path<(Uuid, String)>,
    form: Form,
) -> Result<Response, PageError> {
    let (id, to, billing) = (ServiceId(id), format!("/admin/services/{id}"), ui.app.billing());
    let begun = match (verb.as_str(), verb.parse::<Verb>()) {
        ("retry", _) => billing.retry(id, ui.actor()).await,
        ("delete", _) => {
            return match billing.delete_service(id, ui.actor()).await {
                Ok(()) => ui.done("/admin/services", "done-deleted").await,
                Err(error) => ui.outcome(&to, "done-deleted", Err::<(), _>(error)).await,
            };
        }
        (_, Ok(Verb::ChangePackage)) => {
            let product: Uuid = form
                .text("product_id")
                .parse()
                .map_err(|_| ApiError::field("product_id", "Name the product to change to."))?;
            billing.change_package(id, ProductId(product), ui.actor()).await
        }
        (_, Ok(verb)) => billing.run_verb(id, verb, ui.actor()).await,
        _ => return Err(ApiError::not_found("verb").into()),
    };
    ui.outcome(&to, "done-asked", begun).await
}

pub(super) async fn action(
    ui: AdminUi,
    Path((id, key)): Path<(Uuid, String)>,
    _: Form,
) -> Result<Response, PageError> {
    let context = ui.app.billing().service(ServiceId(id)).await?;
    let active = ui.app.registry().active_for(&context.service.module, context.service.id)?;
    if !active.manifest.actions.iter().any(|action| action.key.as_str() == key) {
        return Err(ApiError::not_found("action").into());
    }
    let to = format!("/admin/services/{id}");
    match ui.app.billing().run_action(context, &key, ui.locale()).await {
        Ok(Some(text)) => ui.say(&to, "success", text).await,
        done => ui.outcome(&to, "done-action", done).await,
    }
}
