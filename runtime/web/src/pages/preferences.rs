//! Colours and language, kept in cookies that the panel's script may change too.

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use axum::routing::post;

use super::guard::Form;
use super::ui::Ui;
use crate::App;
use crate::view::{LOCALES, Locale};

pub(super) fn router() -> Router<App> {
    Router::new().route("/theme", post(theme)).route("/locale", post(locale))
}

async fn theme(ui: Ui, form: Form) -> Response {
    let theme = ["light", "dark", "auto"].into_iter().find(|theme| *theme == form.text("theme"));
    remember(&ui, &form, "theme", theme.unwrap_or("auto"))
}

async fn locale(ui: Ui, form: Form) -> Response {
    let locale = LOCALES.into_iter().find(|locale| locale.as_str() == form.text("locale"));
    remember(&ui, &form, "locale", locale.unwrap_or_else(Locale::default).as_str())
}

fn remember(ui: &Ui, form: &Form, name: &str, value: &str) -> Response {
    let back = form.text("back");
    let inside = back.starts_with('/') && !back.starts_with("//") && !back.contains('\\');
    let mut response = ui.go(if inside { back } else { ui.shell.home() });
    let cookie = format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
