//! Packages of a Python module: what pip put beside it, by what each says of itself.

use std::path::Path;

use super::Workshop;
use super::tool::{INSIDE, VERSION};
use crate::build::BuildError;
use crate::sbom::{Component, Kind};

/// Parts of the module in `dir`, which was built.
pub(in crate::build) fn parts(dir: &Path) -> Result<Vec<Component>, BuildError> {
    let packages = Workshop::new(dir).packages();
    let failed = |path: &Path, error| BuildError::File { path: path.to_owned(), error };
    let mut parts = Vec::new();
    for entry in std::fs::read_dir(&packages).map_err(|error| failed(&packages, error))? {
        let folder = entry.map_err(|error| failed(&packages, error))?.path();
        if folder.extension().is_some_and(|extension| extension == "dist-info") {
            let path = folder.join("METADATA");
            let text = std::fs::read(&path).map_err(|error| failed(&path, error))?;
            parts.extend(component(&String::from_utf8_lossy(&text)));
        }
    }
    parts.push(Component::kit("python", env!("CARGO_PKG_VERSION")));
    let tool = Component::part(Kind::Platform, "componentize-py", VERSION)
        .with_purl(format!("pkg:pypi/componentize-py@{VERSION}"));
    parts.push(tool.with_licence(Some("Apache-2.0 WITH LLVM-exception")));
    parts.push(Component::part(Kind::Platform, "cpython", INSIDE).with_licence(Some("PSF-2.0")));
    Ok(parts)
}

/// Of a wheel's `METADATA`: fields, one a line, up to the first empty one.
fn component(text: &str) -> Option<Component> {
    let head = || text.lines().take_while(|line| !line.trim().is_empty());
    let field =
        |name: &str| head().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim);
    let classified =
        || head().find_map(|line| line.strip_prefix("Classifier: License :: ")?.rsplit(" :: ").next());
    let (name, version) = (field("Name")?, field("Version")?);
    // Registries know a name by one spelling.
    let plain = name.to_ascii_lowercase().replace(['_', '.'], "-");
    // Some put the whole text there.
    let short = field("License").filter(|licence| licence.len() < 60 && *licence != "UNKNOWN");
    let licence = field("License-Expression").or_else(classified).or(short);
    let part = Component::part(Kind::Library, name, version).with_purl(format!("pkg:pypi/{plain}@{version}"));
    Some(part.with_licence(licence))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sbom::{Licence, Scope};

    #[test]
    fn a_wheel_tells_what_it_is() {
        let head = "Metadata-Version: 2.4\nName: Typing_Extensions\nVersion: 4.12.2\n";
        for (more, expected) in [
            (
                "License-Expression: PSF-2.0\nClassifier: License :: OSI Approved :: MIT License\n",
                Some("PSF-2.0"),
            ),
            ("Classifier: License :: OSI Approved :: MIT License\n", Some("MIT License")),
            ("License: BSD-3-Clause\n", Some("BSD-3-Clause")),
            ("License: UNKNOWN\n\nLicense-Expression: in the text\n", None),
        ] {
            let part = component(&format!("{head}{more}")).unwrap();
            assert_eq!(part.purl.as_deref(), Some("pkg:pypi/typing-extensions@4.12.2"));
            assert_eq!(part.scope, Some(Scope::Required));
            let licence = expected.and_then(Licence::new);
            assert_eq!(part.licenses, licence.into_iter().collect::<Vec<_>>(), "{more}");
        }
        assert_eq!(component("Name: only\n"), None);
    }
}
