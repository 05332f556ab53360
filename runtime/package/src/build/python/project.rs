//! `pyproject.toml`, as far as a build needs it.

use std::path::Path;

use serde::Deserialize;

use super::super::BuildError;

/// Every Python project has one, and it is what tells a folder's language.
pub(crate) const FILE_NAME: &str = "pyproject.toml";

/// The kit's own name: it comes with the program that builds, whatever version a project names for its editor's sake.
const KIT: &str = "caisson";

/// What an author's project says about itself.
#[derive(Debug)]
pub(super) struct Project {
    /// The Python module that is imported: the project's name, with `_` for what names of modules cannot have.
    pub(super) module: String,
    /// Requirements besides the kit, as pip reads them.
    pub(super) dependencies: Vec<String>,
}

#[derive(Deserialize)]
struct File {
    project: Table,
}

#[derive(Deserialize)]
struct Table {
    name: String,
    #[serde(default)]
    dependencies: Vec<String>,
}

impl Project {
    /// Reads the project in `dir`, and makes sure that its module is there.
    pub(super) fn read(dir: &Path) -> Result<Self, BuildError> {
        let path = dir.join(FILE_NAME);
        let text =
            std::fs::read_to_string(&path).map_err(|error| BuildError::File { path: path.clone(), error })?;
        let refused = |reason: String| BuildError::Project { path: path.clone(), reason };
        let File { project } = toml::from_str(&text)
            .map_err(|error| refused(error.message().trim_end_matches('.').to_owned()))?;
        let module: String = project
            .name
            .chars()
            .map(|letter| if matches!(letter, '-' | '.') { '_' } else { letter.to_ascii_lowercase() })
            .collect();
        if !is_identifier(&module) {
            return Err(refused(format!(
                "the name '{}' makes no name of a Python module: use letters, digits and hyphens",
                project.name
            )));
        }
        let source = dir.join("src");
        if !source.join(format!("{module}.py")).is_file()
            && !source.join(&module).join("__init__.py").is_file()
        {
            return Err(refused(format!(
                "there is neither src/{module}.py nor src/{module}/__init__.py, one of which the name '{}' asks for",
                project.name
            )));
        }
        let dependencies =
            project.dependencies.into_iter().filter(|one| requirement_name(one) != KIT).collect();
        Ok(Self { module, dependencies })
    }
}

fn is_identifier(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// What stands before the extras, versions and markers of a requirement.
fn requirement_name(requirement: &str) -> &str {
    let end = requirement.find(|letter: char| !letter.is_ascii_alphanumeric() && !"-_.".contains(letter));
    &requirement[..end.unwrap_or(requirement.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pyproject: &str, files: &[&str]) -> Result<Project, String> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(FILE_NAME), pyproject).unwrap();
        for file in files {
            let path = dir.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        Project::read(dir.path()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_module_is_a_file_or_a_package() {
        let text =
            "[project]\nname = \"My-Module\"\ndependencies = [\"caisson\", \"caisson-extra\", \"idna>=3\"]";
        for file in ["src/my_module.py", "src/my_module/__init__.py"] {
            let project = read(text, &[file]).unwrap();
            assert_eq!(project.module, "my_module");
            assert_eq!(project.dependencies, ["caisson-extra", "idna>=3"]);
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        let cases = [
            ("[project]\nname = \"demo\"", "there is neither src/demo.py nor src/demo/__init__.py"),
            ("[project]\nname = \"1st\"", "makes no name of a Python module"),
            ("[project]\n", "missing field `name`"),
            ("[tool.ruff]\n", "missing field `project`"),
        ];
        for (text, expected) in cases {
            let error = read(text, &[]).unwrap_err();
            assert!(error.contains(expected) && error.contains(FILE_NAME), "{error}");
        }
    }
}
