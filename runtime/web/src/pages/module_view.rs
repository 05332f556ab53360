//! What modules answer, shown: their templates in the panel's frame, and everything else a response may be.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use caisson_billing::Answered;
use caisson_registry::Active;
use caisson_types::manifest::Action;
use caisson_types::{InvoiceId, ServiceId};
use minijinja::Value as ViewValue;
use serde_json::{Value, json};

use super::error::PageError;
use super::ui::Ui;
use crate::view::{ModuleUrls, data, markup};
use crate::{ApiError, answered};

/// Where a module's page stands, and so where its links lead.
pub(super) struct Place(ModuleUrls);

impl Place {
    /// Below a client's service.
    pub(super) fn client(active: &Active, service: ServiceId) -> Self {
        let base = format!("/client/services/{service}");
        Self(ModuleUrls {
            actions: format!("{base}/-/requests"),
            tabs: base.clone(),
            assets: assets(active),
            frames: frames(active),
            // Clients have no way to the administration area.
            pages: base,
        })
    }

    /// On the page of a client's invoice, where a gateway's part leads away from the panel.
    pub(super) fn invoice(active: &Active, invoice: InvoiceId) -> Self {
        let base = format!("/client/invoices/{invoice}");
        Self(ModuleUrls {
            actions: base.clone(),
            tabs: base.clone(),
            assets: assets(active),
            frames: frames(active),
            pages: base,
        })
    }

    /// In the administration area, on the page of a service where there is one.
    pub(super) fn admin(active: &Active, service: Option<ServiceId>) -> Self {
        let pages = format!("/admin/modules/{}", active.key);
        let here = service.map_or_else(|| pages.clone(), |id| format!("/admin/services/{id}"));
        Self(ModuleUrls {
            actions: format!("{here}/actions"),
            tabs: here,
            assets: assets(active),
            frames: frames(active),
            pages,
        })
    }
}

fn assets(active: &Active) -> String {
    format!("/assets/modules/{}", active.id)
}

fn frames(active: &Active) -> Option<String> {
    active.frames().map(|_| format!("/frames/{}", active.id))
}

/// A button of the manifest.
pub(super) fn button(action: &Action) -> Value {
    json!({ "key": action.key.as_str(), "name": action.name, "confirm": action.confirm })
}

/// A template of the module with its data, as markup; or a sentence on why it cannot be shown.
pub(super) fn shown(
    ui: &Ui,
    active: &Active,
    template: &str,
    json: &Value,
    place: &Place,
) -> (Option<ViewValue>, Option<String>) {
    let rendered = ui.app.module_views(active).and_then(|views| {
        views.render(ui.app.views(), template, data(json), ui.locale(), &place.0, &ui.shell.csrf)
    });
    match rendered {
        Ok(html) => (Some(markup(html)), None),
        Err(error) => {
            tracing::warn!(module = %active.key, error = &error as &dyn std::error::Error, "a module's page cannot be rendered");
            (None, Some("The module's page cannot be shown; the panel's log has the cause.".to_owned()))
        }
    }
}

/// What is no page: data, text, a file, or the way to another page. `below` are the paths a module may lead to; any other
/// address has to be a whole one, at a provider.
pub(super) fn plain(
    ui: &Ui,
    status: StatusCode,
    answered: Answered,
    below: &str,
) -> Result<Response, PageError> {
    match answered::data(status, answered) {
        Ok(response) => Ok(response),
        Err(Answered::Redirect(target)) => match leads_to(&target, below) {
            Some(address) => Ok(ui.go(&address)),
            None => {
                tracing::warn!(target, "a module's redirect leads nowhere it may");
                let message = "The module answered with an address that cannot be followed.";
                Err(ApiError::new(StatusCode::BAD_GATEWAY, message).into())
            }
        },
        Err(_) => Ok(status.into_response()),
    }
}

/// The address itself, or that of a page below, such as `servers/42`; none where it leads elsewhere.
fn leads_to(target: &str, below: &str) -> Option<String> {
    let inside =
        target.strip_prefix(below).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
    let parsed = url::Url::parse(target);
    let relative = parsed == Err(url::ParseError::RelativeUrlWithoutBase)
        && target.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '?');
    let away = parsed.is_ok_and(|url| url.scheme() == "https" || url.scheme() == "http");
    let plain = target.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') && !target.contains("..");
    match () {
        () if !plain => None,
        () if inside || away => Some(target.to_owned()),
        () if target.starts_with('?') => Some(format!("{below}{target}")),
        () => relative.then(|| format!("{below}/{target}")),
    }
}

#[cfg(test)]
mod tests {
    use super::leads_to;

    #[test]
    fn a_redirect_stays_below_its_page_or_names_a_whole_address() {
        let below = "/client/services/1";
        for good in
            ["/client/services/1", "/client/services/1/files?x=1", "https://panel.example/login?token=1"]
        {
            assert_eq!(leads_to(good, below).as_deref(), Some(good));
        }
        assert_eq!(leads_to("files/a?x=1", below).as_deref(), Some("/client/services/1/files/a?x=1"));
        assert_eq!(leads_to("?x=1", below).as_deref(), Some("/client/services/1?x=1"));
        for bad in [
            "files/../../2",
            "/admin",
            "/client/services/12",
            "/client/services/1/../2",
            "//evil.example",
            "javascript:alert(1)",
            "",
            "/client/services/1\\x",
        ] {
            assert_eq!(leads_to(bad, below), None, "{bad}");
        }
    }
}
