//! What an update asks for more, less and the same.

use std::collections::BTreeSet;

use caisson_storage::modules;
use caisson_types::manifest::GrantRequest;
use caisson_types::{Budgets, Manifest, ModuleKey, VersionId};
use semver::Version;
use serde::Serialize;

use crate::active::read_manifest;
use crate::{Registry, Result};

/// What one version asks for beside another.
#[derive(Clone, Debug, Serialize)]
pub struct Difference {
    pub module: String,
    /// The version that serves; none where nothing does, and everything is more.
    pub from: Option<Version>,
    pub to: Version,
    /// An administrator has to decide before it may serve.
    pub waits: bool,
    /// Riskiest first, as the next two.
    pub more: Vec<GrantRequest>,
    pub less: Vec<GrantRequest>,
    pub same: Vec<GrantRequest>,
    /// Limits that are not the same.
    pub limits: Vec<LimitChange>,
    /// What it brings to the panel, or no longer does.
    pub parts: Vec<PartChange>,
}

/// A limit of a call, as the panel would apply it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LimitChange {
    /// `memory-mib`, `page-cpu-ms`, and so on, as the manifest has it.
    pub name: &'static str,
    pub from: u64,
    pub to: u64,
}

/// A page, tab, schedule, permission or secret setting that is new, or gone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct PartChange {
    pub kind: &'static str,
    pub name: String,
    pub gone: bool,
}

fn limits(budgets: &Budgets) -> [(&'static str, u64); 7] {
    let (page, task) = (&budgets.page, &budgets.task);
    [
        ("memory-mib", (page.memory_bytes >> 20) as u64),
        ("page-cpu-ms", page.cpu_ms),
        ("page-wall-ms", page.wall_ms),
        ("task-cpu-ms", task.cpu_ms),
        ("task-wall-ms", task.wall_ms),
        ("http-requests", page.http_requests.into()),
        ("mails", page.mails.into()),
    ]
}

fn parts(manifest: &Manifest) -> BTreeSet<(&'static str, String)> {
    let pages = manifest.admin.routes.iter().map(|route| ("page", route.uri.clone()));
    let api = manifest.admin.api.iter().map(|route| ("api", route.uri.clone()));
    let tabs = manifest.client.tabs.iter().map(|tab| ("tab", tab.key.to_string()));
    let actions = manifest.client.actions.iter().map(|action| ("action", action.key.to_string()));
    let permissions = manifest.permissions.iter().map(|one| ("permission", one.key.to_string()));
    let schedules = manifest.schedules.iter().map(|one| ("schedule", format!("{} ({})", one.name, one.cron)));
    let secrets =
        manifest.settings.iter().filter(|field| field.secret).map(|field| ("secret", field.key.clone()));
    pages.chain(api).chain(tabs).chain(actions).chain(permissions).chain(schedules).chain(secrets).collect()
}

/// Limits that differ, as the panel would apply them.
pub(crate) fn limit_changes(from: &Manifest, to: &Manifest, cap: &Budgets) -> Vec<LimitChange> {
    let of = |manifest: &Manifest| limits(&manifest.capabilities.budget.apply(cap));
    let both = of(from).into_iter().zip(of(to));
    let changes = both.map(|((name, from), (_, to))| LimitChange { name, from, to });
    changes.filter(|change| change.from != change.to).collect()
}

impl Registry {
    /// What a version asks for beside the one that serves.
    ///
    /// # Errors
    /// Where there is no such version.
    pub async fn difference(&self, id: VersionId) -> Result<Difference> {
        let mut conn = self.db.conn().await?;
        let version = modules::version_by_id(&mut conn, id).await?;
        let serving = modules::by_key(&mut conn, &version.key).await?.active.filter(|serving| *serving != id);
        let before = match serving {
            Some(serving) => Some(modules::version_by_id(&mut conn, serving).await?),
            None => None,
        };
        drop(conn);
        let to = read_manifest(&version)?;
        let from = before.as_ref().map(read_manifest).transpose()?;
        let (asked, known) = (to.requests(), from.as_ref().map(Manifest::requests).unwrap_or_default());
        let is_in = |list: &[GrantRequest], one: &GrantRequest| list.iter().any(|other| other.id == one.id);
        let less = known.iter().filter(|one| !is_in(&asked, one)).cloned().collect();
        let (same, more) = asked.into_iter().partition(|one| is_in(&known, one));
        let (old, new) = (from.as_ref().map(parts).unwrap_or_default(), parts(&to));
        let change =
            |gone| move |(kind, name): &(&'static str, String)| PartChange { kind, name: name.clone(), gone };
        Ok(Difference {
            module: version.key.to_string(),
            from: before.map(|before| before.version),
            to: version.version,
            waits: version.approved_at.is_none(),
            more,
            less,
            same,
            limits: from.as_ref().map(|from| limit_changes(from, &to, &self.cap)).unwrap_or_default(),
            parts: new
                .difference(&old)
                .map(change(false))
                .chain(old.difference(&new).map(change(true)))
                .collect(),
        })
    }

    /// The update of a module that an administrator most likely means: the version named, or the newest.
    ///
    /// # Errors
    /// Where there is none.
    pub async fn difference_of(&self, key: &ModuleKey, version: Option<&str>) -> Result<Difference> {
        self.difference(self.find_version(key, version).await?).await
    }
}
