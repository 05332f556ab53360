//! The one judgement of a package that everything else relies on.

use std::path::Path;

use caisson_types::manifest::ManifestError;

use crate::archive::{self, ArchiveError, Extras, PackError, Package};
use crate::component::{self, ComponentError, Inspected};
use crate::sbom::{Sbom, SbomError};
use crate::strings::{self, StringsError};
use crate::template::{self, TemplateErrors};

/// A package that may be installed: every part of it has been checked, and nothing of it has run.
#[derive(Clone, Debug)]
pub struct Checked {
    pub package: Package,
    pub inspected: Inspected,
}

/// Why a package was refused. Every message is one sentence that names the file, line, key or import.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    #[error(transparent)]
    Component(#[from] ComponentError),
    #[error(transparent)]
    Templates(#[from] TemplateErrors),
    #[error("module.toml: client.tabs.{tab}: the package has no views/{template}.html")]
    MissingTemplate { tab: String, template: String },
    #[error(
        "views/frames/{file} is a script of the module's own: ask for it in module.toml with `frames = true` under [capabilities]"
    )]
    UndeclaredFrame { file: String },
    #[error(transparent)]
    Strings(#[from] StringsError),
    #[error(transparent)]
    Sbom(#[from] SbomError),
    /// The folder could not be packed at all.
    #[error(transparent)]
    Pack(#[from] PackError),
}

/// Reads a package and checks all of it: archive, manifest, component, templates, strings.
///
/// # Errors
/// The first part that is wrong. Cheap checks come first, so a hostile package costs little.
pub fn check_package(bytes: &[u8]) -> Result<Checked, PackageError> {
    let package = archive::read(bytes)?;
    for tab in &package.manifest.client.tabs {
        if !package.templates.contains_key(&tab.template) {
            return Err(PackageError::MissingTemplate {
                tab: tab.key.to_string(),
                template: tab.template.clone(),
            });
        }
    }
    if let Some(file) = package.frames.keys().next().filter(|_| !package.manifest.capabilities.frames) {
        return Err(PackageError::UndeclaredFrame { file: file.clone() });
    }
    if let Some(text) = &package.sbom {
        Sbom::read(text, &package.manifest)?;
    }
    template::check_templates(&package.templates).map_err(TemplateErrors::from)?;
    strings::check_strings(&package.strings)?;
    let inspected = component::inspect(&package.component, &package.manifest)?;
    Ok(Checked { package, inspected })
}

/// Packs a module's folder with its built component, and checks the result as an installation would.
///
/// # Errors
/// What cannot be packed, or what an installation would refuse.
pub fn pack(dir: &Path, component: &Path) -> Result<Vec<u8>, PackageError> {
    pack_with(dir, component, Extras::default())
}

/// The same, with something beside the folder.
///
/// # Errors
/// As [`pack`].
pub fn pack_with(dir: &Path, component: &Path, extras: Extras<'_>) -> Result<Vec<u8>, PackageError> {
    let bytes = archive::write(dir, component, extras)?;
    check_package(&bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use caisson_types::Manifest;

    use super::*;
    use crate::sbom::{Component, Kind};

    const MANIFEST: &str = manifest!(
        "plugin",
        r#"[[client.tabs]]
key = "status"
name = "Status"
template = "client/status"
"#
    );

    const COMPONENT: &str = r#"(component
        (import "caisson:module/log@0.1.0" (instance (export "emit" (func))))
        (instance $empty)
        (export "caisson:module/lifecycle@0.1.0" (instance $empty))
        (export "caisson:module/jobs@0.1.0" (instance $empty))
        (export "caisson:module/client-area@0.1.0" (instance $empty))
        (@custom "caisson:contract" "0.1.0"))"#;

    /// Writes a good module's folder, lets a case spoil it, and packs it.
    fn packed(spoil: impl FnOnce(&Path)) -> Result<Vec<u8>, PackageError> {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        fs::create_dir_all(dir.join("views/client")).unwrap();
        fs::create_dir(dir.join("lang")).unwrap();
        fs::write(dir.join("module.toml"), MANIFEST).unwrap();
        fs::write(dir.join("views/client/status.html"), "<p>{{ status }}</p>").unwrap();
        fs::write(dir.join("lang/en.ftl"), "status = Status\n").unwrap();
        fs::write(dir.join("built.wasm"), wat::parse_str(COMPONENT).unwrap()).unwrap();
        spoil(dir);
        pack(dir, &dir.join("built.wasm"))
    }

    #[test]
    fn a_good_package_passes_whole() {
        let checked = check_package(&packed(|_| {}).unwrap()).unwrap();
        assert_eq!(checked.package.manifest.key().to_string(), "plugin/demo");
        assert_eq!(checked.inspected.imports, ["caisson:module/log@0.1.0"]);
        assert!(checked.inspected.has_export("client-area"));
    }

    fn parts(sbom: &Sbom) -> Extras<'_> {
        Extras { sbom: Some(sbom), ..Extras::default() }
    }

    #[test]
    fn a_list_of_parts_is_packed_and_checked() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        fs::write(dir.join("module.toml"), MANIFEST.split("[[client").next().unwrap()).unwrap();
        fs::write(dir.join("built.wasm"), wat::parse_str(COMPONENT).unwrap()).unwrap();
        // Not this one: what is packed is what was found.
        fs::write(dir.join("sbom.cdx.json"), "{}").unwrap();
        let manifest = Manifest::parse(&fs::read_to_string(dir.join("module.toml")).unwrap()).unwrap();
        let sbom = Sbom::new(&manifest, vec![Component::kit("rust", "0.1.0")]);
        let bytes = pack_with(dir, &dir.join("built.wasm"), parts(&sbom)).unwrap();
        assert_eq!(bytes, pack_with(dir, &dir.join("built.wasm"), parts(&sbom)).unwrap());
        let packed = check_package(&bytes).unwrap().package.sbom.unwrap();
        assert_eq!(packed, sbom.text());
        assert_eq!(check_package(&pack(dir, &dir.join("built.wasm")).unwrap()).unwrap().package.sbom, None);

        let mut newer = manifest.clone();
        newer.module.version = semver::Version::new(2, 0, 0);
        let refused =
            |sbom: Sbom| pack_with(dir, &dir.join("built.wasm"), parts(&sbom)).unwrap_err().to_string();
        let message = refused(Sbom::new(&newer, Vec::new()));
        assert!(
            message.starts_with("sbom.cdx.json is of 'demo' 2.0.0, and module.toml of demo 1.0.0"),
            "{message}"
        );
        let long = Component::part(Kind::Library, &"x".repeat(archive::MAX_SBOM_BYTES), "1");
        let message = refused(Sbom::new(&manifest, vec![long]));
        assert!(message.contains("at most 1048576 are allowed"), "{message}");
    }

    #[test]
    fn a_package_may_state_another_version_than_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path();
        let manifest = MANIFEST.split("[[client").next().unwrap();
        fs::write(dir.join("module.toml"), manifest).unwrap();
        fs::write(dir.join("built.wasm"), wat::parse_str(COMPONENT).unwrap()).unwrap();
        let version = semver::Version::parse("1.0.1-dev.3").unwrap();
        let extras = Extras { version: Some(&version), ..Extras::default() };
        let package =
            check_package(&pack_with(dir, &dir.join("built.wasm"), extras).unwrap()).unwrap().package;
        assert_eq!(package.manifest.module.version, version);
        assert_eq!(package.manifest_text, manifest.replace("1.0.0", "1.0.1-dev.3"));
    }

    #[test]
    fn every_part_is_checked() {
        type Spoil = fn(&Path);
        let cases: [(Spoil, &str); 5] = [
            (
                |dir| fs::write(dir.join("module.toml"), MANIFEST.replace("title", "titel")).unwrap(),
                "module.toml cannot be read: line 7, column 1: unknown field `titel`",
            ),
            (
                |dir| fs::remove_file(dir.join("views/client/status.html")).unwrap(),
                "module.toml: client.tabs.status: the package has no views/client/status.html",
            ),
            (
                |dir| fs::write(dir.join("views/client/status.html"), "<p>\n{{ x|safe }}</p><b>").unwrap(),
                "views/client/status.html, line 2: the filter 'safe' would print a value unescaped; use |html in text, \
                 which lets harmless markup through (and 1 more)",
            ),
            (|dir| fs::write(dir.join("lang/en.ftl"), "a = A\n=\n").unwrap(), "lang/en.ftl, line 2: "),
            (
                |dir| fs::write(dir.join("built.wasm"), "\0asm\x01\0\0\0").unwrap(),
                "component.wasm is a core module, not a component; ",
            ),
        ];
        for (spoil, expected) in cases {
            let message = packed(spoil).unwrap_err().to_string();
            assert!(message.starts_with(expected) && !message.contains('\n'), "{message}");
        }
    }
}
