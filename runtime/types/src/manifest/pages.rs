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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Permission {
    /// Its name among the module's own; a role holds `<type>-<module>-<key>`.
    pub key: Slug,
    /// Name for people.
    pub name: String,
    /// What whoever holds it may do.
    #[serde(default)]
    pub description: String,
}

/// The module's part of the administration area.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AdminArea {
    /// Links in the sidebar.
    #[serde(default)]
    pub sidebar: Vec<SidebarLink>,
    /// Pages, below `/admin/modules/<type>/<name>/`.
    #[serde(default)]
    pub routes: Vec<Route>,
    /// JSON, below `/api/v1/modules/<type>/<name>/`.
    #[serde(default)]
    pub api: Vec<Route>,
}

impl AdminArea {
    /// Where a link leads, below the module's pages.
    #[must_use]
    pub fn path<'a>(&'a self, link: &'a SidebarLink) -> &'a str {
        let route = self.routes.iter().find(|route| route.name == link.link);
        route.map_or(link.link.as_str(), |route| route.uri.as_str()).trim_start_matches('/')
    }

    /// The link that shows as the present one on a route's pages: its own, or one that names it among its `active_links`.
    #[must_use]
    pub fn present(&self, route: &Route) -> Option<&SidebarLink> {
        let is = |name: &str| name == route.name || name.trim_matches('/') == route.uri.trim_matches('/');
        let own = self.sidebar.iter().find(|link| is(&link.link));
        own.or_else(|| self.sidebar.iter().find(|link| link.active_links.iter().any(|name| is(name))))
    }
}

/// A link in the sidebar of the administration area.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SidebarLink {
    /// What people read.
    pub title: String,
    /// The name of a route, or else its uri; anything else is taken as it is.
    pub link: String,
    /// Names or uris of routes on whose pages the link shows as the present one.
    #[serde(default)]
    pub active_links: Vec<String>,
    /// One of `[[permissions]]`: who does not hold it does not see the link.
    pub permission: Option<Slug>,
}

/// A page, or an address of the API, that the module answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// Given to `admin.handle`, which answers it.
    pub name: String,
    /// The HTTP method.
    #[serde(default = "default_method")]
    pub method: Method,
    /// Such as `servers` or `server/{uuid}`, whose parts in braces arrive as parameters.
    pub uri: String,
    /// One of `[[permissions]]`: the host asks for it before the module is entered.
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ClientArea {
    /// Tabs of the service page.
    #[serde(default)]
    pub tabs: Vec<Tab>,
    /// Requests a tab's forms and buttons may send.
    #[serde(default)]
    pub actions: Vec<ClientAction>,
    /// Whether clients get a button that signs them in at the provider, through `product.single-sign-on`.
    #[serde(default)]
    pub single_sign_on: bool,
}

/// A tab of a client's service page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Tab {
    /// Given to `client-area.variables`, which answers the template's data.
    pub key: Slug,
    /// What people read.
    pub name: String,
    /// The template's path below `views/`, without `.html`; it must be there.
    pub template: String,
    /// Name of a Tabler icon.
    #[serde(default)]
    pub icon: Option<String>,
}

/// A request that a tab's forms and buttons may send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ClientAction {
    /// Given to `client-area.handle`.
    pub key: Slug,
    /// The tab it belongs to, shown again when it is done.
    pub tab: Slug,
}

/// A button on the service page, run through `product.run-action`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// Given to `product.run-action`.
    pub key: Slug,
    /// What stands on the button.
    pub name: String,
    /// A question that is asked before it runs.
    pub confirm: Option<String>,
    /// Whether clients get the button too.
    #[serde(default)]
    pub client: bool,
}

/// Work that comes round.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Its name among the module's own.
    pub name: Slug,
    /// When it comes round. Each moment comes once, however many processes look.
    pub cron: Cron,
    /// Given to `jobs.run`.
    pub method: String,
    /// Given to `jobs.run` with it.
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
