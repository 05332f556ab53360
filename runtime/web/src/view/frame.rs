//! What the frame around a page needs, the same for every page: the `frame` of each template's context.

use serde::Serialize;

/// The `frame` of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Frame {
    /// Name of the provider, in the sidebar and the page's title.
    pub brand: String,
    pub theme: Theme,
    /// Path and query of the page, to come back to and to mark the link that is open.
    pub path: String,
    /// Token of the session, or of the log-in form.
    pub csrf: String,
    /// Nobody on pages before log-in.
    pub user: Option<FrameUser>,
    /// Messages of the request before this one.
    pub flash: Vec<Flash>,
    /// What modules add to the sidebar.
    pub modules: Vec<SidebarGroup>,
    /// Numbers beside the sidebar's links.
    pub waiting_modules: u64,
    pub failed_tasks: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FrameUser {
    pub name: String,
    pub email: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Flash {
    pub kind: FlashKind,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FlashKind {
    Success,
    Info,
    Warning,
    Error,
}

/// One module's links.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SidebarGroup {
    pub title: String,
    pub icon: String,
    pub items: Vec<SidebarItem>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SidebarItem {
    pub title: String,
    pub href: String,
    pub active: bool,
}

/// The colours of the page, as the cookie `theme` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    /// As the viewer's system says.
    #[default]
    Auto,
    Light,
    Dark,
}

impl std::str::FromStr for Theme {
    type Err = std::convert::Infallible;

    /// Anything unknown is [`Theme::Auto`]: the cookie is the viewer's own.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::Auto,
        })
    }
}
