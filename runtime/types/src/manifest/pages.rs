//! What a module adds to the panel: permissions, pages, tabs, buttons, schedules.

use serde::{Deserialize, Serialize};

use crate::status::words;
use crate::{Cron, Slug};

words! {
    /// An HTTP method a route may declare.
    Method ("method") {
        Get = "GET",
        Head = "HEAD",
        Post = "POST",
        Put = "PUT",
        Patch = "PATCH",
        Delete = "DELETE",
    }
}

/// A right that the module's routes ask for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permission {
    pub key: Slug,
    pub name: String,
    #[serde(default)]
    pub description: String,
}

/// The module's part of the administration area.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdminArea {
    #[serde(default)]
    pub sidebar: Vec<SidebarLink>,
    /// Pages, below `/admin/modules/<type>/<name>/`.
    #[serde(default)]
    pub routes: Vec<Route>,
    /// JSON, below `/api/v1/modules/<type>/<name>/`.
    #[serde(default)]
    pub api: Vec<Route>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SidebarLink {
    pub title: String,
    /// Resolved by route name, then by uri, then taken as it is.
    pub link: String,
    #[serde(default)]
    pub active_links: Vec<String>,
    pub permission: Option<Slug>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// Given to `admin.handle`.
    pub name: String,
    #[serde(default = "default_method")]
    pub method: Method,
    /// Such as `servers` or `server/{uuid}`.
    pub uri: String,
    pub permission: Slug,
}

fn default_method() -> Method {
    Method::Get
}

impl Route {
    /// The first of `routes` that takes this method and path, with what its `{…}` parts stand for.
    #[must_use]
    pub fn find<'r>(
        routes: &'r [Self],
        method: Method,
        path: &str,
    ) -> Option<(&'r Self, Vec<(String, String)>)> {
        let mut routes = routes.iter().filter(|route| route.method == method);
        routes.find_map(|route| Some((route, fits(&route.uri, path)?)))
    }
}

fn fits(uri: &str, path: &str) -> Option<Vec<(String, String)>> {
    let (mut params, mut given) = (Vec::new(), path.split('/').filter(|part| !part.is_empty()));
    for part in uri.split('/').filter(|part| !part.is_empty()) {
        let value = given.next()?;
        match part.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(name) => params.push((name.to_owned(), value.to_owned())),
            None if part == value => {}
            None => return None,
        }
    }
    given.next().is_none().then_some(params)
}

/// The module's part of a client's service page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientArea {
    #[serde(default)]
    pub tabs: Vec<Tab>,
    /// Requests a tab's forms and buttons may send.
    #[serde(default)]
    pub actions: Vec<ClientAction>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tab {
    pub key: Slug,
    pub name: String,
    /// Below `views/`, without extension.
    pub template: String,
    #[serde(default)]
    pub icon: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientAction {
    /// Given to `client-area.handle`.
    pub key: Slug,
    /// The tab it belongs to, shown again when it is done.
    pub tab: Slug,
}

/// A button on the service page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    pub key: Slug,
    pub name: String,
    /// Asked before it runs.
    pub confirm: Option<String>,
    /// Whether clients get the button too.
    #[serde(default)]
    pub client: bool,
}

/// Work that comes round.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    pub name: Slug,
    pub cron: Cron,
    /// Given to `jobs.run`.
    pub method: String,
    #[serde(default)]
    pub payload: serde_json::Value,
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_route_fits_whole_paths_and_names_its_parts() {
        assert_eq!(fits("servers", "servers"), Some(Vec::new()));
        let params = vec![("uuid".to_owned(), "42".to_owned())];
        assert_eq!(fits("server/{uuid}", "server/42"), Some(params));
        for (uri, path) in
            [("servers", "server"), ("servers", "servers/1"), ("server/{uuid}", "server"), ("a", "")]
        {
            assert_eq!(fits(uri, path), None, "{uri} {path}");
        }
    }
}
