//! What went wrong in a module while it was imported, as one message with its file and line.

use std::path::Path;

use serde::Deserialize;

/// Begins the line that `caisson.build` prints for this program.
const MARK: &str = "caisson-build: ";

/// Most characters that are told of what the tool itself said.
const WORDS: usize = 2_000;

#[derive(Deserialize)]
struct Told {
    /// Empty where the error is of no line, such as a tab that has no function.
    #[serde(default)]
    file: String,
    #[serde(default)]
    line: u32,
    message: String,
}

/// The one message in what the interpreter printed. `mounts` are folders and where it saw them, and paths are told as seen from `dir`.
pub(super) fn message(output: &str, mounts: &[(&str, &Path)], dir: &Path) -> String {
    let told = output.lines().find_map(|line| {
        let at = line.find(MARK)?;
        serde_json::from_str::<Told>(&line[at + MARK.len()..]).ok()
    });
    match told {
        Some(Told { file, message, .. }) if file.is_empty() => message,
        Some(Told { file, line, message }) => format!("{}:{line}: {message}", outside(&file, mounts, dir)),
        None => words(output),
    }
}

/// The path on this machine of a file that the interpreter saw.
fn outside(file: &str, mounts: &[(&str, &Path)], dir: &Path) -> String {
    let found = mounts.iter().find_map(|(at, folder)| {
        let below = file.strip_prefix('/')?.strip_prefix(at)?.strip_prefix('/')?;
        Some(folder.join(below))
    });
    match found {
        Some(path) => path.strip_prefix(dir).unwrap_or(&path).display().to_string(),
        None => file.to_owned(),
    }
}

/// The tool's own words, from where its Python wrapper ends to where the addresses begin.
fn words(output: &str) -> String {
    let text = output.split_once("AssertionError: ").map_or(output, |(_, rest)| rest);
    let text = text.split("Stack backtrace:").next().unwrap_or_default().trim();
    text.chars().take(WORDS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_has_the_file_as_its_author_knows_it() {
        let dir = Path::new("/home/jo/demo");
        let (source, sdk) = (dir.join("src"), dir.join(".caisson/sdk"));
        let mounts = [("src", source.as_path()), ("1", sdk.as_path())];
        let told = |file: &str| {
            let output = format!(
                "AssertionError: caisson-build: {{\"file\": \"{file}\", \"line\": 3, \"message\": \"invalid syntax\"}}\nmore"
            );
            message(&output, &mounts, dir)
        };
        assert_eq!(told("/src/demo/parts.py"), "src/demo/parts.py:3: invalid syntax");
        assert_eq!(told("/python/lib/json.py"), "/python/lib/json.py:3: invalid syntax");
    }

    #[test]
    fn an_error_of_no_line_is_a_sentence() {
        let output = r#"caisson-build: {"message": "module.toml declares the tab 'a'."}"#;
        assert_eq!(message(output, &[], Path::new("/")), "module.toml declares the tab 'a'.");
    }

    #[test]
    fn the_tools_own_words_come_without_its_wrapper() {
        let output = "Traceback (most recent call last):\n  File \"x\"\nAssertionError: no such world\n\nStack backtrace:\n   0: y";
        assert_eq!(message(output, &[], Path::new("/")), "no such world");
    }
}
