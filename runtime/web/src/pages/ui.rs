//! What handlers make pages with: the panel and the request's shell in one extractor, for anybody, for administrators, for
//! clients.

use std::ops::Deref;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use caisson_storage::admins::Admin;
use caisson_storage::clients::Client;
use caisson_storage::{modules, sessions, tasks};
use caisson_types::TaskStatus;
use caisson_types::manifest::{Method, Route};
use minijinja::{Value, context};
use serde::{Deserialize, Serialize};

use super::error::PageError;
use super::shell::{Shell, User};
use crate::view::{
    CONTENT_SECURITY_POLICY, Flash, FlashKind, Frame, FrameUser, SidebarGroup, SidebarItem, data,
};
use crate::{ApiError, App};

/// The panel and one request to it.
#[derive(Clone)]
pub(super) struct Ui {
    pub(super) app: App,
    pub(super) shell: Shell,
}

/// What a page says once, kept in the session until then.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    flash: Vec<(String, String)>,
}

const HX_REDIRECT: HeaderName = HeaderName::from_static("hx-redirect");
pub(super) const HX_REFRESH: HeaderName = HeaderName::from_static("hx-refresh");

impl Ui {
    pub(super) fn locale(&self) -> &'static str {
        self.shell.locale.as_str()
    }

    /// One of the panel's strings, in the language of the request.
    pub(super) fn t(&self, key: &str, args: &[(&str, &str)]) -> String {
        self.app.views().t(self.locale(), key, args)
    }

    pub(super) async fn page(&self, template: &str, context: Value) -> Result<Response, PageError> {
        self.page_with(StatusCode::OK, template, context).await
    }

    /// A page with another status. Data of the same name as the frame loses.
    pub(super) async fn page_with(
        &self,
        status: StatusCode,
        template: &str,
        context: Value,
    ) -> Result<Response, PageError> {
        let frame = self.frame().await?;
        self.html(status, template, context! { frame => data(&frame), ..context })
    }

    /// A piece of a page, for htmx.
    pub(super) fn fragment(&self, template: &str, context: Value) -> Result<Response, PageError> {
        let frame = Frame { csrf: self.shell.csrf.clone(), ..Frame::default() };
        self.html(StatusCode::OK, template, context! { frame => data(&frame), ..context })
    }

    fn html(&self, status: StatusCode, template: &str, context: Value) -> Result<Response, PageError> {
        let html = self.app.views().render(template, self.locale(), context).map_err(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, "a page cannot be rendered");
            ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "")
        })?;
        Ok((status, page_headers(), Html(html)).into_response())
    }

    async fn frame(&self) -> Result<Frame, PageError> {
        let user = match &self.shell.user {
            User::Nobody => None,
            User::Admin(admin) => Some(FrameUser { name: admin.name.clone(), email: admin.email.clone() }),
            User::Client(client) => {
                Some(FrameUser { name: client.name.clone(), email: client.email.clone() })
            }
        };
        let mut frame = Frame {
            brand: "Caisson".to_owned(),
            theme: self.shell.theme,
            path: self.shell.path.clone(),
            csrf: self.shell.csrf.clone(),
            user,
            flash: self.take_flash().await?,
            ..Frame::default()
        };
        if matches!(self.shell.user, User::Admin(_)) {
            let mut conn = self.app.db().conn().await?;
            frame.waiting_modules = modules::count_waiting(&mut conn).await?;
            frame.failed_tasks = tasks::count(&mut conn, TaskStatus::Failed).await?;
            frame.modules = self.sidebar();
        }
        Ok(frame)
    }

    fn sidebar(&self) -> Vec<SidebarGroup> {
        let group = |active: std::sync::Arc<caisson_registry::Active>| {
            let manifest = &active.manifest;
            let (area, base) = (&manifest.admin, format!("/admin/modules/{}/", active.key));
            let path = self.shell.path.strip_prefix(&base);
            // A form that was refused is shown again on a page of its own.
            let found = |method| Route::find(&area.routes, method, path?);
            let here = found(Method::Get).or_else(|| found(Method::Post));
            let present = here.and_then(|(route, _)| area.present(route));
            let items = area.sidebar.iter().map(|link| SidebarItem {
                active: present == Some(link),
                title: link.title.clone(),
                href: base.clone() + area.path(link),
            });
            let items: Vec<SidebarItem> = items.collect();
            let about = &manifest.module;
            (!items.is_empty()).then(|| SidebarGroup {
                title: about.title.clone(),
                icon: about.icon.clone(),
                items,
            })
        };
        self.app.registry().all_active().into_iter().filter_map(group).collect()
    }

    fn kept(&self) -> Option<(Kept, &str)> {
        let session = self.shell.session.as_ref()?;
        Some((serde_json::from_value(session.data.clone()).unwrap_or_default(), &session.token_hash))
    }

    async fn keep(&self, change: impl FnOnce(&mut Kept)) -> Result<(), PageError> {
        let Some((mut kept, hash)) = self.kept() else { return Ok(()) };
        change(&mut kept);
        let json = serde_json::to_value(&kept).unwrap_or_default();
        sessions::set_data(&mut *self.app.db().conn().await?, hash, &json).await?;
        Ok(())
    }

    async fn take_flash(&self) -> Result<Vec<Flash>, PageError> {
        let Some((kept, _)) = self.kept() else { return Ok(Vec::new()) };
        if !kept.flash.is_empty() {
            self.keep(|kept| kept.flash.clear()).await?;
        }
        let kind = |word: &str| match word {
            "success" => FlashKind::Success,
            "warning" => FlashKind::Warning,
            "error" => FlashKind::Error,
            _ => FlashKind::Info,
        };
        Ok(kept.flash.into_iter().map(|(word, text)| Flash { kind: kind(&word), text }).collect())
    }

    /// Goes to `to` and says there that something was done: a string's key.
    pub(super) async fn done(&self, to: &str, key: &str) -> Result<Response, PageError> {
        let text = self.t(key, &[]);
        self.say(to, "success", text).await
    }

    /// Goes to `to` and says there what did not work, where that is for a person to read; other failures are pages.
    pub(super) async fn outcome<T, E: Into<PageError>>(
        &self,
        to: &str,
        key: &str,
        result: Result<T, E>,
    ) -> Result<Response, PageError> {
        match result {
            Ok(_) => self.done(to, key).await,
            Err(error) => {
                let errors = super::error::field_errors(error)?;
                let text: Vec<String> = errors.into_iter().map(|error| error.message).collect();
                self.say(to, "error", text.join(" ")).await
            }
        }
    }

    /// Goes to `to` and says there something in its own words.
    pub(super) async fn say(&self, to: &str, kind: &str, text: String) -> Result<Response, PageError> {
        self.keep(|kept| kept.flash.push((kind.to_owned(), text))).await?;
        Ok(self.go(to))
    }

    /// The data of a new session whose first page says that something was done.
    pub(super) fn said(&self, key: &str) -> serde_json::Value {
        let kept = Kept { flash: vec![("success".to_owned(), self.t(key, &[]))] };
        serde_json::to_value(kept).unwrap_or_default()
    }

    /// 303, or what htmx takes for it.
    pub(super) fn go(&self, to: &str) -> Response {
        go(&self.shell, to)
    }
}

/// Headers of every page.
pub(super) fn page_headers() -> [(HeaderName, HeaderValue); 1] {
    [(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY))]
}

fn go(shell: &Shell, to: &str) -> Response {
    let Ok(to) = HeaderValue::from_str(to) else { return StatusCode::NO_CONTENT.into_response() };
    if shell.htmx {
        return (StatusCode::OK, [(HX_REDIRECT, to)]).into_response();
    }
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}

impl FromRequestParts<App> for Ui {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let shell = parts.extensions.get::<Shell>().cloned();
        let shell = shell.ok_or_else(|| ApiError::not_found("page"))?;
        Ok(Self { app: app.clone(), shell })
    }
}

/// A page for administrators. A handler without it, or [`ClientUi`], is for everybody.
pub(super) struct AdminUi {
    ui: Ui,
    pub(super) admin: Admin,
}

/// A page for clients.
pub(super) struct ClientUi {
    ui: Ui,
    pub(super) client: Client,
}

impl AdminUi {
    /// Who is written down as the one who did it.
    pub(super) fn actor(&self) -> &str {
        &self.admin.email
    }
}

impl Deref for AdminUi {
    type Target = Ui;

    fn deref(&self) -> &Ui {
        &self.ui
    }
}

impl Deref for ClientUi {
    type Target = Ui;

    fn deref(&self) -> &Ui {
        &self.ui
    }
}

impl FromRequestParts<App> for AdminUi {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let ui = Ui::from_request_parts(parts, app).await.map_err(IntoResponse::into_response)?;
        match ui.shell.user.clone() {
            User::Admin(admin) => Ok(Self { ui, admin }),
            _ => Err(sign_in(&ui.shell, "admin", parts)),
        }
    }
}

impl FromRequestParts<App> for ClientUi {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let ui = Ui::from_request_parts(parts, app).await.map_err(IntoResponse::into_response)?;
        match ui.shell.user.clone() {
            User::Client(client) => Ok(Self { ui, client }),
            _ => Err(sign_in(&ui.shell, "client", parts)),
        }
    }
}

/// To the log-in, and back to the page afterwards where one can go back to it.
fn sign_in(shell: &Shell, area: &str, parts: &Parts) -> Response {
    if parts.method != axum::http::Method::GET {
        return go(shell, &format!("/{area}/login"));
    }
    let next: String = url::form_urlencoded::byte_serialize(shell.path.as_bytes()).collect();
    go(shell, &format!("/{area}/login?next={next}"))
}
