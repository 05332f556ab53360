//! The first administrator, log-in and log-out, for both areas.

use axum::Router;
use axum::extract::Query;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use caisson_storage::admins::{self, Admin};
use caisson_storage::sessions::{self, Principal};
use caisson_storage::{Optional, audit, clients};
use caisson_types::{AdminId, FieldError, Secret, Timestamp};
use minijinja::context;
use serde::Deserialize;

use super::error::PageError;
use super::guard::Form;
use super::rows;
use super::shell::set_cookie;
use super::ui::Ui;
use crate::App;
use crate::auth::session::{self, COOKIE};
use crate::auth::{Throttled, attempt, hash_password, verify_password};
use crate::view::data;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/setup", get(setup_form).post(set_up))
        .route("/admin/login", get(admin_form).post(admin_login))
        .route("/client/login", get(client_form).post(client_login))
        .route("/admin/logout", post(logout))
        .route("/client/logout", post(logout))
}

/// Where to go after the log-in.
#[derive(Default, Deserialize)]
struct Next {
    next: Option<String>,
}

/// Which area is entered.
#[derive(Clone, Copy)]
enum Area {
    Admin,
    Client,
}

impl Area {
    fn word(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Client => "client",
        }
    }

    /// `next`, if it is a page of this area: nobody is sent elsewhere by a link.
    fn after(self, next: &str) -> String {
        let home = match self {
            Self::Admin => "/admin",
            Self::Client => "/client/services",
        };
        let inside = next.strip_prefix('/').and_then(|rest| rest.strip_prefix(self.word()));
        let inside = inside.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
        let plain = next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        if inside && plain { next.to_owned() } else { home.to_owned() }
    }
}

/// The link that the panel printed.
#[derive(Default, Deserialize)]
struct Link {
    code: Option<String>,
}

async fn setup_form(ui: Ui, Query(link): Query<Link>) -> Result<Response, PageError> {
    if admins::count(&mut *ui.app.db().conn().await?).await? > 0 {
        return Ok(ui.go("/admin/login"));
    }
    let values = context! { code => link.code };
    show_setup(&ui, StatusCode::OK, values, &[]).await
}

async fn show_setup(
    ui: &Ui,
    status: StatusCode,
    values: minijinja::Value,
    errors: &[FieldError],
) -> Result<Response, PageError> {
    ui.page_with(status, "auth/setup.html", context! { values, errors => data(rows::errors(errors)) }).await
}

async fn set_up(ui: Ui, form: Form) -> Result<Response, PageError> {
    let (name, email) = (form.text("name"), form.text("email").to_lowercase());
    let values = context! { code => form.text("code"), name, email => &email };
    let refuse =
        async |errors: &[FieldError]| show_setup(&ui, StatusCode::UNPROCESSABLE_ENTITY, values, errors).await;
    // First, so that strangers have no password hashed.
    if !ui.app.is_setup_code(form.text("code")) {
        let link = "This is not the code of the link that the panel printed when it started.";
        return refuse(&[FieldError::new("code", link)]).await;
    }
    let mut errors = Vec::new();
    if name.is_empty() || name.chars().count() > 200 {
        errors.push(FieldError::new("name", "A name has 1 to 200 characters."));
    }
    if !caisson_types::manifest::looks_like_email(&email) {
        errors.push(FieldError::new("email", "This must be an e-mail address."));
    }
    if form.raw("password") != form.raw("password_again") {
        errors.push(FieldError::new("password_again", "The two passwords differ."));
    }
    let hash = hash_password(Secret::new(form.raw("password").to_owned())).await;
    if let Err(error) = &hash {
        errors.push(FieldError::new("password", error.to_string()));
    }
    let (true, Ok(password_hash)) = (errors.is_empty(), hash) else {
        return refuse(&errors).await;
    };
    let admin = Admin {
        id: AdminId::new(),
        email,
        name: name.to_owned(),
        phone: None,
        password_hash,
        locale: ui.locale().to_owned(),
        created_at: Timestamp::now(),
    };
    let mut tx = ui.app.db().begin().await?;
    // Within the transaction: of two who try at once, one is first.
    if admins::count(&mut tx).await? > 0 {
        return Ok(ui.go("/admin/login"));
    }
    admins::insert(&mut tx, &admin).await?;
    audit::append(&mut tx, &admin.email, "admin.create", &admin.id.to_string(), &serde_json::json!({}))
        .await?;
    let token = session::begin(&mut tx, Principal::Admin(admin.id), serde_json::json!({})).await?;
    tx.commit().await?;
    Ok(enter(&ui, "/admin", &token))
}

async fn admin_form(ui: Ui, Query(next): Query<Next>) -> Result<Response, PageError> {
    if admins::count(&mut *ui.app.db().conn().await?).await? == 0 {
        return Ok(ui.go("/setup"));
    }
    show_login(&ui, Area::Admin, StatusCode::OK, "", next.next.as_deref().unwrap_or_default(), None).await
}

async fn client_form(ui: Ui, Query(next): Query<Next>) -> Result<Response, PageError> {
    show_login(&ui, Area::Client, StatusCode::OK, "", next.next.as_deref().unwrap_or_default(), None).await
}

/// Why a log-in did not work.
enum Refused {
    Wrong,
    Throttled,
}

async fn show_login(
    ui: &Ui,
    area: Area,
    status: StatusCode,
    email: &str,
    next: &str,
    refused: Option<Refused>,
) -> Result<Response, PageError> {
    let wrong = FieldError::new("", ui.t("login-wrong", &[]));
    let errors = if matches!(refused, Some(Refused::Wrong)) { vec![wrong] } else { Vec::new() };
    let context = context! {
        area => area.word(),
        values => context! { email },
        errors => data(rows::errors(&errors)),
        next => (!next.is_empty()).then_some(next),
        throttled => matches!(refused, Some(Refused::Throttled)).then_some(900),
    };
    ui.page_with(status, "auth/login.html", context).await
}

async fn admin_login(ui: Ui, form: Form) -> Result<Response, PageError> {
    let mut conn = ui.app.db().conn().await?;
    let admin = admins::by_email(&mut conn, form.text("email")).await.optional()?;
    drop(conn);
    let found = admin.map(|admin| (Principal::Admin(admin.id), Some(admin.password_hash)));
    log_in(&ui, Area::Admin, &form, found).await
}

async fn client_login(ui: Ui, form: Form) -> Result<Response, PageError> {
    let mut conn = ui.app.db().conn().await?;
    let client = clients::by_email(&mut conn, form.text("email")).await.optional()?;
    drop(conn);
    let found = client.map(|client| (Principal::Client(client.id), client.password_hash));
    log_in(&ui, Area::Client, &form, found).await
}

async fn log_in(
    ui: &Ui,
    area: Area,
    form: &Form,
    found: Option<(Principal, Option<Secret<String>>)>,
) -> Result<Response, PageError> {
    let (email, next) = (form.text("email"), form.text("next"));
    let tried = attempt(&mut *ui.app.db().conn().await?, area.word(), email, ui.shell.address).await?;
    let tried = match tried {
        Ok(tried) => tried,
        Err(Throttled) => {
            let status = StatusCode::TOO_MANY_REQUESTS;
            return show_login(ui, area, status, email, next, Some(Refused::Throttled)).await;
        }
    };
    let password = Secret::new(form.raw("password").to_owned());
    let (principal, hash) = found.map_or((None, None), |(principal, hash)| (Some(principal), hash));
    let right = verify_password(password, hash).await;
    let Some(principal) = principal.filter(|_| right) else {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return show_login(ui, area, status, email, next, Some(Refused::Wrong)).await;
    };
    let mut tx = ui.app.db().begin().await?;
    tried.succeeded(&mut tx).await?;
    if let Some(before) = &ui.shell.session {
        sessions::delete(&mut tx, &before.token_hash).await?;
    }
    let token = session::begin(&mut tx, principal, serde_json::json!({})).await?;
    let action = format!("{}.login", area.word());
    let detail = serde_json::json!({ "address": ui.shell.address });
    audit::append(&mut tx, email, &action, email, &detail).await?;
    tx.commit().await?;
    Ok(enter(ui, &area.after(next), &token))
}

fn enter(ui: &Ui, to: &str, token: &Secret<String>) -> Response {
    let mut response = ui.go(to);
    response.headers_mut().append(header::SET_COOKIE, set_cookie(COOKIE, token.expose()));
    response
}

async fn logout(ui: Ui, _: Form) -> Result<Response, PageError> {
    if let Some(session) = &ui.shell.session {
        sessions::delete(&mut *ui.app.db().conn().await?, &session.token_hash).await?;
    }
    let to = if ui.shell.path.starts_with("/client") { "/client/login" } else { "/admin/login" };
    let mut response = ui.go(to);
    response.headers_mut().append(header::SET_COOKIE, set_cookie(COOKIE, ""));
    // What the browser kept of the pages goes too.
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\""));
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::Area;

    #[test]
    fn a_log_in_leads_to_its_own_area_only() {
        assert_eq!(Area::Admin.after("/admin/services?status=failed"), "/admin/services?status=failed");
        for next in [
            "",
            "/client/services",
            "//evil.example",
            "/adminx",
            "https://evil.example",
            "/admin\\evil",
            "/admin/\n",
        ] {
            assert_eq!(Area::Admin.after(next), "/admin", "{next:?}");
        }
        assert_eq!(Area::Client.after("/admin"), "/client/services");
    }
}
