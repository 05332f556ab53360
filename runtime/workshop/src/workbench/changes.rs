//! Tells when somebody changed a module's folder.

use std::path::{Component, Path};
use std::sync::Arc;
use std::time::Duration;

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::Notify;

use super::WorkbenchError;

/// Folders that builds write into.
const MADE: [&str; 4] = ["target", "node_modules", "dist", "__pycache__"];
/// An editor that saves does several things one after the other.
const QUIET: Duration = Duration::from_millis(150);

/// Watches a folder for as long as it lives.
pub struct Changes {
    changed: Arc<Notify>,
    _watcher: RecommendedWatcher,
}

impl Changes {
    /// # Errors
    /// Where the folder is not there, or the system watches no more of them.
    pub fn of(folder: &Path) -> Result<Self, WorkbenchError> {
        let failed = |cause| WorkbenchError::Watch { folder: folder.to_owned(), cause };
        // Events name whole paths; a folder above may be called `target`, too.
        let whole = folder.canonicalize().map_err(|error| failed(error.into()))?;
        let changed = Arc::new(Notify::new());
        let (tell, root) = (Arc::clone(&changed), whole.clone());
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            // What the system could not tell may have been a change.
            if event.is_ok_and(|event| !matters(&event, &root)) {
                return;
            }
            tell.notify_one();
        })
        .map_err(failed)?;
        watcher.watch(&whole, RecursiveMode::Recursive).map_err(failed)?;
        Ok(Self { changed, _watcher: watcher })
    }

    /// Waits for a change, and until no other follows at once.
    pub async fn next(&self) {
        self.changed.notified().await;
        while tokio::time::timeout(QUIET, self.changed.notified()).await.is_ok() {}
    }
}

/// Whether somebody changed a file that a module is made of.
fn matters(event: &Event, root: &Path) -> bool {
    let made = |part: Component<'_>| match part {
        Component::Normal(name) => {
            let name = name.to_string_lossy();
            name.starts_with('.') || MADE.contains(&name.as_ref())
        }
        _ => false,
    };
    let of_a_build = |path: &Path| path.strip_prefix(root).unwrap_or(path).components().any(made);
    // Compilers read what is watched.
    !event.kind.is_access() && !event.paths.iter().all(|path| of_a_build(path))
}

#[cfg(test)]
mod tests {
    use notify::EventKind;
    use notify::event::{AccessKind, ModifyKind};

    use super::*;

    #[test]
    fn only_what_a_module_is_made_of_matters() {
        let root = Path::new("/home/ada/target/demo");
        let event = |kind, path: &str| Event::new(kind).add_path(root.join(path));
        let modified = EventKind::Modify(ModifyKind::Any);
        for path in ["src/lib.rs", "module.toml", "views/a.html", "lang/en.ftl"] {
            assert!(matters(&event(modified, path), root), "{path}");
            assert!(!matters(&event(EventKind::Access(AccessKind::Any), path), root), "{path}");
        }
        for path in [
            "target/demo.wasm",
            ".caisson/sdk/a.h",
            "src/__pycache__/a.pyc",
            "src/.a.swp",
            "node_modules/a/b.js",
        ] {
            assert!(!matters(&event(modified, path), root), "{path}");
        }
    }

    #[tokio::test]
    async fn a_folder_that_is_not_there_is_named() {
        let missing = Changes::of(Path::new("/not/there")).err().unwrap().to_string();
        assert!(missing.starts_with("/not/there cannot be watched: "), "{missing}");
    }
}
