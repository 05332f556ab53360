//! The kits for authors, as they stood when this program was built: a module is built against the kit of the program that
//! builds it, from any folder, without a network.

use std::path::Path;

use include_dir::Dir;

use super::{BuildError, write};

/// The source of one language's kit.
pub(super) struct Sdk {
    /// Beside the folders: `package.json` and the like.
    pub(super) files: &'static [(&'static str, &'static str)],
    /// Each is written below its name.
    pub(super) folders: &'static [(&'static str, &'static Dir<'static>)],
}

impl Sdk {
    /// Writes the kit into `dir`; what says the same already keeps its time.
    pub(super) fn write(&self, dir: &Path) -> Result<(), BuildError> {
        for (name, text) in self.files {
            write(&dir.join(name), text.as_bytes())?;
        }
        self.folders.iter().try_for_each(|(name, folder)| write_folder(&dir.join(name), folder))
    }
}

fn write_folder(to: &Path, folder: &Dir<'_>) -> Result<(), BuildError> {
    for file in folder.files() {
        let name = file.path().file_name().unwrap_or_default();
        write(&to.join(name), file.contents())?;
    }
    for inner in folder.dirs() {
        write_folder(&to.join(inner.path().file_name().unwrap_or_default()), inner)?;
    }
    Ok(())
}
