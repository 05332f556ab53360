use std::sync::Arc;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use caisson_billing::NewProduct;
use caisson_registry::Active;
use caisson_storage::products::Product;
use caisson_storage::services;
use caisson_types::money::Currency;
use caisson_types::{FieldError, ModuleKey, ModuleType, ProductId};
use minijinja::context;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::super::error::{PageError, field_errors};
use super::super::forms;
use super::super::guard::Form;
use super::super::lists::Asked;
use super::super::module_view::{self, Place};
use super::super::rows;
use super::super::ui::AdminUi;
use crate::ApiError;
use crate::view::data;

/// What stands before the names of the module's fields.
const PREFIX: &str = "data.";

pub(super) async fn list(ui: AdminUi, asked: Asked) -> Result<Response, PageError> {
    let counts = services::counts_of_products(&mut *ui.app.db().conn().await?).await?;
    let mut found = ui.app.billing().products().await?;
    if let Some(search) = asked.get("search").map(str::to_lowercase) {
        found.retain(|product| {
            product.name.to_lowercase().contains(&search) || product.slug.as_str().contains(&search)
        });
    }
    let page = asked.page();
    match page.order.as_deref() {
        Some("name") => found.sort_by_key(|product| product.name.to_lowercase()),
        Some("-name") => found.sort_by_key(|product| std::cmp::Reverse(product.name.to_lowercase())),
        _ => {}
    }
    let total = found.len() as u64;
    let row = |product: Product| {
        json!({
            "id": product.id, "name": product.name, "slug": product.slug.as_str(),
            "module": rows::module(&ui.app, &product.module),
            "price": { "minor": product.price_minor, "currency": product.currency.as_str() },
            "stock": product.stock, "hidden": product.hidden,
            "services": counts.get(&product.id).copied().unwrap_or_default(),
        })
    };
    let skip = usize::try_from(page.offset).unwrap_or(usize::MAX);
    let take = usize::try_from(page.limit).unwrap_or(usize::MAX);
    let rows: Vec<Value> = found.into_iter().skip(skip).take(take).map(row).collect();
    let context = context! {
        products => data(rows),
        listing => data(asked.listing("/admin/products", total, Vec::new())),
    };
    ui.page("admin/products/list.html", context).await
}

/// The form as it is to be shown.
struct Shown<'a> {
    status: StatusCode,
    /// None for a new one.
    product: Option<&'a Product>,
    tab: &'a str,
    values: Value,
    /// Whose fields are asked for.
    module: Option<Arc<Active>>,
    /// What was typed into them; what is stored, where nothing was.
    module_data: Option<Map<String, Value>>,
    errors: Vec<FieldError>,
}

async fn show_form(ui: &AdminUi, shown: Shown<'_>) -> Result<Response, PageError> {
    let app = &ui.app;
    let products =
        app.registry().all_active().into_iter().filter(|one| one.key.kind() == ModuleType::Product);
    let modules: Vec<Value> = products
        .map(|one| json!({ "value": one.key.to_string(), "label": one.manifest.module.title }))
        .collect();
    let (mut product, mut form, mut module_html) = (None, None, None);
    if let Some(known) = shown.product {
        let counts = services::counts_of_products(&mut *app.db().conn().await?).await?;
        let services = counts.get(&known.id).copied().unwrap_or_default();
        product = Some(data(json!({ "id": known.id, "name": known.name, "services": services })));
    }
    if let Some(active) = &shown.module {
        let (fields, stored) = (&active.manifest.product, shown.product.map(|known| &known.module_data));
        let values = match &shown.module_data {
            Some(given) => forms::typed(fields, given),
            None => app.billing().product_form(active, stored, ui.locale()).await,
        };
        // A page that fails is no reason to keep the form back.
        let page = app.billing().product_page(active, stored.unwrap_or(&values), ui.locale()).await;
        if let Ok(Some((template, shown))) = page {
            let place = Place::admin(active, None);
            module_html = module_view::shown(ui, active, &template, &shown, &place).0;
        }
        form = Some(data(forms::generated(fields, &values, &[])));
    }
    let context = context! {
        product, form, modules => data(modules),
        tab => shown.tab,
        values => data(shown.values),
        currencies => data(forms::currencies()),
        module_html,
        errors => data(rows::errors(&shown.errors)),
    };
    ui.page_with(shown.status, "admin/products/form.html", context).await
}

/// A new product begins with its module, whose fields are asked for with the rest.
pub(super) async fn new(ui: AdminUi, asked: Asked) -> Result<Response, PageError> {
    let chosen = asked.get("module").unwrap_or_default();
    let values =
        json!({ "name": "", "slug": "", "description": "", "module": chosen, "hidden": false, "stock": "" });
    let shown = Shown {
        status: StatusCode::OK,
        product: None,
        tab: "general",
        values,
        module: module(&ui, chosen),
        module_data: None,
        errors: Vec::new(),
    };
    show_form(&ui, shown).await
}

/// A module that sells, by its key.
fn module(ui: &AdminUi, key: &str) -> Option<Arc<Active>> {
    let key: ModuleKey = key.parse().ok()?;
    ui.app.registry().active(&key).ok().filter(|active| active.key.kind() == ModuleType::Product)
}

fn tab(asked: &Asked) -> &'static str {
    ["pricing", "module"].into_iter().find(|tab| asked.get("tab") == Some(tab)).unwrap_or("general")
}

pub(super) async fn show(ui: AdminUi, Path(id): Path<Uuid>, asked: Asked) -> Result<Response, PageError> {
    let product = ui.app.billing().product(ProductId(id)).await?;
    let values = json!({
        "name": product.name, "slug": product.slug.as_str(), "description": product.description,
        "module": product.module.to_string(), "hidden": product.hidden,
        "stock": product.stock.map(|stock| stock.to_string()).unwrap_or_default(),
        "price": forms::show_price(product.price()), "currency": product.currency.as_str(),
    });
    let shown = Shown {
        status: StatusCode::OK,
        product: Some(&product),
        tab: tab(&asked),
        values,
        module: module_of(&ui, &product, tab(&asked)),
        module_data: None,
        errors: Vec::new(),
    };
    show_form(&ui, shown).await
}

/// What was typed, to be shown again.
fn typed(form: &Form) -> Value {
    let mut values = Map::new();
    for name in ["name", "slug", "description", "module", "stock", "price", "currency"] {
        values.insert(name.to_owned(), Value::from(form.raw(name)));
    }
    values.insert("hidden".to_owned(), Value::from(form.checked("hidden")));
    Value::Object(values)
}

fn stock(form: &Form) -> Result<Option<i64>, PageError> {
    match form.text("stock") {
        "" => Ok(None),
        text => {
            let stock =
                text.parse().map_err(|_| ApiError::field("stock", "Stock is a whole number, or empty."))?;
            Ok(Some(stock))
        }
    }
}

/// The module of a product, where the tab is the module's and it serves.
fn module_of(ui: &AdminUi, product: &Product, tab: &str) -> Option<Arc<Active>> {
    ui.app.registry().active(&product.module).ok().filter(|_| tab == "module")
}

/// A new product costs nothing until its price is given on a tab of its own.
async fn made(ui: &AdminUi, form: &Form, module: &Active) -> Result<Product, PageError> {
    let new = NewProduct {
        name: form.text("name").to_owned(),
        slug: form.text("slug").to_owned(),
        description: form.text("description").to_owned(),
        module: module.key.clone(),
        module_data: form.values(&module.manifest.product, PREFIX),
        price_minor: 0,
        currency: "EUR".to_owned(),
        hidden: form.checked("hidden"),
        stock: stock(form)?,
    };
    Ok(ui.app.billing().create_product(new, ui.actor()).await?)
}

pub(super) async fn create(ui: AdminUi, form: Form) -> Result<Response, PageError> {
    let module = module(&ui, form.text("module"));
    let made = match &module {
        Some(module) => made(&ui, &form, module).await,
        None => Err(ApiError::field("module", "Choose a module.").into()),
    };
    match made {
        Ok(product) => ui.done(&format!("/admin/products/{}?tab=pricing", product.id), "done-created").await,
        Err(error) => {
            let shown = Shown {
                status: StatusCode::UNPROCESSABLE_ENTITY,
                product: None,
                tab: "general",
                values: typed(&form),
                module_data: module.as_ref().map(|module| form.values(&module.manifest.product, PREFIX)),
                module,
                errors: form_errors(error)?,
            };
            show_form(&ui, shown).await
        }
    }
}

/// Errors by the names that the module's fields have in the form.
fn form_errors(error: PageError) -> Result<Vec<FieldError>, PageError> {
    let rename =
        |error: FieldError| FieldError { field: error.field.replacen("module_data.", PREFIX, 1), ..error };
    Ok(field_errors(error)?.into_iter().map(rename).collect())
}

/// The product with what one tab says.
fn changed(ui: &AdminUi, product: &Product, tab: &str, form: &Form) -> Result<NewProduct, PageError> {
    let stored = product.module_data.as_object().cloned().unwrap_or_default();
    let mut new = NewProduct {
        name: product.name.clone(),
        slug: product.slug.to_string(),
        description: product.description.clone(),
        module: product.module.clone(),
        module_data: stored,
        price_minor: product.price_minor,
        currency: product.currency.to_string(),
        hidden: product.hidden,
        stock: product.stock,
    };
    match tab {
        "pricing" => {
            let currency: Currency = form
                .text("currency")
                .parse()
                .map_err(|_| ApiError::field("currency", "This must be a currency code such as EUR."))?;
            let price = forms::read_price(form.text("price"), currency);
            new.price_minor = price.map_err(|error| ApiError::invalid(vec![error]))?;
            new.currency = currency.to_string();
        }
        "module" => {
            let active = ui.app.registry().active(&product.module)?;
            new.module_data = form.values(&active.manifest.product, PREFIX);
        }
        _ => {
            new.name = form.text("name").to_owned();
            new.slug = form.text("slug").to_owned();
            new.description = form.text("description").to_owned();
            new.hidden = form.checked("hidden");
            new.stock = stock(form)?;
        }
    }
    Ok(new)
}

pub(super) async fn update(
    ui: AdminUi,
    Path(id): Path<Uuid>,
    asked: Asked,
    form: Form,
) -> Result<Response, PageError> {
    let product = ui.app.billing().product(ProductId(id)).await?;
    let tab = tab(&asked);
    let saved = match changed(&ui, &product, tab, &form) {
        Ok(new) => {
            ui.app.billing().update_product(product.id, new, ui.actor()).await.map_err(PageError::from)
        }
        Err(error) => Err(error),
    };
    match saved {
        Ok(product) => ui.done(&format!("/admin/products/{}?tab={tab}", product.id), "done-saved").await,
        Err(error) => {
            let module = module_of(&ui, &product, tab);
            let shown = Shown {
                status: StatusCode::UNPROCESSABLE_ENTITY,
                product: Some(&product),
                tab,
                values: typed(&form),
                module_data: module.as_ref().map(|module| form.values(&module.manifest.product, PREFIX)),
                module,
                errors: form_errors(error)?,
            };
            show_form(&ui, shown).await
        }
    }
}

pub(super) async fn delete(ui: AdminUi, Path(id): Path<Uuid>, _: Form) -> Result<Response, PageError> {
    match ui.app.billing().delete_product(ProductId(id), ui.actor()).await {
        Ok(()) => ui.done("/admin/products", "done-deleted").await,
        Err(error) => ui.outcome(&format!("/admin/products/{id}"), "done-deleted", Err::<(), _>(error)).await,
    }
}
