use axum::response::Response;
use caisson_storage::PageQuery;
use caisson_storage::services::{self, ServiceFilter};
use caisson_storage::tasks::{self, TaskFilter};
use minijinja::context;
use serde_json::{Value, json};

use super::super::error::PageError;
use super::super::lists::Asked;
use super::super::rows;
use super::super::ui::AdminUi;
use crate::view::data;

/// Finds of one kind.
const FEW: u64 = 10;

pub(super) async fn show(ui: AdminUi, asked: Asked) -> Result<Response, PageError> {
    let query = asked.get("q").unwrap_or_default();
    let groups = if query.is_empty() { Vec::new() } else { find(&ui, query).await? };
    ui.page("admin/search.html", context! { query, groups => data(groups) }).await
}

async fn find(ui: &AdminUi, text: &str) -> Result<Vec<Value>, PageError> {
    let app = &ui.app;
    let wanted = PageQuery { search: Some(text.to_owned()), ..PageQuery::first(FEW) };
    let lower = text.to_lowercase();
    let item = |title: &str, sub: &str, href: String| json!({ "title": title, "sub": sub, "href": href });
    let mut conn = app.db().conn().await?;
    let clients = caisson_storage::clients::page(&mut conn, &wanted).await?.items;
    let found = services::page_contexts(&mut conn, &ServiceFilter::default(), &wanted).await?.items;
    let found_tasks = tasks::page(&mut conn, &TaskFilter::default(), &wanted).await?.items;
    drop(conn);

    let clients = clients.iter().map(|one| item(&one.name, &one.email, format!("/admin/clients/{}", one.id)));
    let services = found.iter().map(|one| {
        let sub = format!("{} · {}", one.product.name, one.client.name);
        item(&rows::label(app, &one.service), &sub, format!("/admin/services/{}", one.service.id))
    });
    let products = app.billing().products().await?;
    let products = products
        .iter()
        .filter(|one| one.name.to_lowercase().contains(&lower) || one.slug.as_str().contains(&lower))
        .map(|one| item(&one.name, one.slug.as_str(), format!("/admin/products/{}", one.id)));
    let modules = app.registry().list().await?;
    let modules = modules.iter().filter_map(|one| {
        let (key, about) = (one.key.to_string(), &one.shown().manifest.module);
        let fits = key.contains(&lower) || about.title.to_lowercase().contains(&lower);
        fits.then(|| item(&about.title, &key, format!("/admin/modules/{key}")))
    });
    let tasks = found_tasks.iter().map(|one| {
        let sub = one.last_error.as_deref().unwrap_or(one.status.as_str());
        item(&one.method, sub, format!("/admin/tasks/{}", one.id))
    });
    let groups: [(&str, &str, Vec<Value>); 5] = [
        ("nav-clients", "users", clients.collect()),
        ("nav-services", "server-2", services.collect()),
        ("nav-products", "package", products.collect()),
        ("nav-modules", "puzzle", modules.collect()),
        ("nav-tasks", "stack-2", tasks.collect()),
    ];
    let shown = groups.into_iter().filter(|(_, _, items)| !items.is_empty());
    Ok(shown
        .map(|(title, icon, items)| json!({ "title": ui.t(title, &[]), "icon": icon, "items": items }))
        .collect())
}
