//! What every page knows of its request: who asks, in which language and colours, and the token of its forms. One middleware
//! reads it, guards what changes something, and renders failures.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header, request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use caisson_storage::admins::{self, Admin};
use caisson_storage::clients::{self, Client};
use caisson_storage::sessions::{Principal, Session};
use caisson_storage::{Optional, StorageError};
use sha2::{Digest, Sha256};

use super::error::{self, Failed};
use super::guard;
use crate::App;
use crate::auth::session;
use crate::view::{Locale, Theme};

/// Carries the token of forms before log-in. A log-in form of another site cannot know it.
const VISITOR: &str = "__Host-visitor";

/// Who asks.
#[derive(Clone, Debug)]
pub(super) enum User {
    Nobody,
    Admin(Admin),
    Client(Client),
}

/// One request's shell; cheap to clone.
#[derive(Clone)]
pub(super) struct Shell(Arc<Inner>);

pub(super) struct Inner {
    pub(super) user: User,
    pub(super) session: Option<Session>,
    pub(super) locale: Locale,
    pub(super) theme: Theme,
    /// Path and query.
    pub(super) path: String,
    /// Token of this visitor's forms.
    pub(super) csrf: String,
    pub(super) address: IpAddr,
    /// htmx asks for a piece of a page.
    pub(super) htmx: bool,
    /// Cookie to be set, where the visitor had none.
    new_visitor: Option<String>,
}

impl std::ops::Deref for Shell {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Shell {
    async fn read(app: &App, parts: &request::Parts) -> Result<Self, StorageError> {
        let headers = &parts.headers;
        let session = match cookie(headers, session::COOKIE) {
            Some(token) => session::find(&mut *app.db().conn().await?, token).await?,
            None => None,
        };
        let user = match &session {
            Some(session) => user(app, session.principal).await?,
            None => User::Nobody,
        };
        let session = session.filter(|_| !matches!(user, User::Nobody));
        let mut new_visitor = None;
        let csrf = match &session {
            Some(session) => session.csrf.clone(),
            None => {
                let visitor = match cookie(headers, VISITOR).filter(|token| token.len() == 64) {
                    Some(token) => token.to_owned(),
                    None => new_visitor.insert(session::random_token()).clone(),
                };
                hex::encode(Sha256::digest(format!("form:{visitor}")))
            }
        };
        let chosen = cookie(headers, "locale").or(match &user {
            User::Nobody => None,
            User::Admin(admin) => Some(admin.locale.as_str()),
            User::Client(client) => Some(client.locale.as_str()),
        });
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Self(Arc::new(Inner {
            locale: Locale::nearest(chosen.or(accepted).unwrap_or_default()),
            theme: cookie(headers, "theme").unwrap_or_default().parse().unwrap_or_default(),
            path: parts.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
            address: peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip()),
            htmx: headers.contains_key("hx-request"),
            user,
            session,
            csrf,
            new_visitor,
        })))
    }

    /// Where a person of this area starts.
    pub(super) fn home(&self) -> &'static str {
        match (&self.user, self.path.starts_with("/client")) {
            (User::Admin(_), _) | (User::Nobody, false) => "/admin",
            _ => "/client/services",
        }
    }
}

async fn user(app: &App, principal: Principal) -> Result<User, StorageError> {
    let mut conn = app.db().conn().await?;
    Ok(match principal {
        Principal::Admin(id) => {
            admins::by_id(&mut conn, id).await.optional()?.map_or(User::Nobody, User::Admin)
        }
        Principal::Client(id) => {
            clients::by_id(&mut conn, id).await.optional()?.map_or(User::Nobody, User::Client)
        }
    })
}

/// The value of a cookie. Of two with one name the first counts, as browsers send the more exact path first.
fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// `Set-Cookie` for a cookie that ends with the browser's session, or at once where the value is empty.
pub(super) fn set_cookie(name: &str, value: &str) -> HeaderValue {
    let end = if value.is_empty() { "; Max-Age=0" } else { "" };
    let text = format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax{end}");
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// Around every page.
pub(super) async fn around(State(app): State<App>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let shell = match Shell::read(&app, &parts).await {
        Ok(shell) => shell,
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a visitor could not be looked up");
            return (StatusCode::SERVICE_UNAVAILABLE, "The panel's database does not answer.")
                .into_response();
        }
    };
    parts.extensions.insert(shell.clone());
    let changes = !matches!(parts.method, Method::GET | Method::HEAD);
    let guarded = if changes {
        guard::check(&app, &shell, parts, body).await
    } else {
        Ok(Request::from_parts(parts, body))
    };
    let mut response = match guarded {
        Ok(request) => next.run(request).await,
        Err(refused) => refused.into_response(),
    };
    if let Some(failed) = response.extensions_mut().remove::<Failed>() {
        response = error::page(&app, &shell, &failed).await;
    }
    if let Some(visitor) = &shell.new_visitor {
        response.headers_mut().append(header::SET_COOKIE, set_cookie(VISITOR, visitor));
    }
    response
}
