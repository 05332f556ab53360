//! Samples in documents: each is a part of a file that something builds, so that none grows old.
//!
//! A line `<!-- sample: <file> [from "<text>"] [to "<text>"] -->` stands above a fenced block, whose contents are taken from the file: from
//! the first line that contains one text to the next that contains the other, or to the end of the paragraph. Files below
//! `new/<language>/<type>/` are those that `caisson module new hello` makes.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use caisson_package::build::Language;
use caisson_types::ModuleType;
use caisson_workshop::new::{NewModule, create_module};
use tempfile::TempDir;

use super::read;

const MARK: &str = "<!-- sample: ";

/// Where samples are taken from.
pub(super) struct Samples {
    root: PathBuf,
    /// New modules of every language and type.
    new: TempDir,
}

impl Samples {
    pub(super) fn new(root: &Path) -> anyhow::Result<Self> {
        let new = tempfile::tempdir()?;
        let languages = [
            ("rust", Language::Rust),
            ("typescript", Language::JavaScript),
            ("python", Language::Python),
            ("c", Language::C),
        ];
        for (word, language) in languages {
            for kind in ModuleType::ALL {
                let module = NewModule { name: "hello".parse()?, title: None, kind: *kind, language };
                create_module(&new.path().join(word).join(kind.as_str()), &module)?;
            }
        }
        Ok(Self { root: root.to_owned(), new })
    }

    /// The document with its samples as they are now.
    pub(super) fn fill(&self, document: &str) -> anyhow::Result<String> {
        let mut filled = String::new();
        let mut lines = document.lines();
        while let Some(line) = lines.next() {
            filled.extend([line, "\n"]);
            let Some(asked) = line.trim_start().strip_prefix(MARK) else { continue };
            let indent = &line[..line.len() - line.trim_start().len()];
            let asked = asked.trim_end().strip_suffix("-->").context("a sample's mark ends in -->")?.trim();
            let sample = self.sample(asked).with_context(|| format!("sample '{asked}'"))?;
            let fence = lines.next().filter(|line| line.trim_start().starts_with("```"));
            let fence = fence.with_context(|| format!("no block stands below the sample '{asked}'"))?;
            filled.extend([fence, "\n"]);
            for line in sample.lines() {
                filled.extend([if line.is_empty() { "" } else { indent }, line, "\n"]);
            }
            let end = lines.by_ref().find(|line| line.trim() == "```");
            filled.extend([end.with_context(|| format!("the block of '{asked}' has no end"))?, "\n"]);
        }
        Ok(filled)
    }

    fn sample(&self, asked: &str) -> anyhow::Result<String> {
        let (file, region) = asked.split_once(' ').unwrap_or((asked, ""));
        let path = match file.strip_prefix("new/") {
            Some(new) => self.new.path().join(new),
            None => self.root.join(file),
        };
        part(&read(&path)?, region)
    }
}

/// The part of a file that `region` names.
fn part(text: &str, region: &str) -> anyhow::Result<String> {
    let (mut from, mut to, mut rest) = (None, None, region.trim());
    while let Some((word, after)) = rest.split_once(" \"") {
        let (value, after) = after.split_once('"').context("a text ends in a quotation mark")?;
        match word {
            "from" => from = Some(value),
            "to" => to = Some(value),
            other => bail!("'{other}' is neither from nor to"),
        }
        rest = after.trim_start();
    }
    ensure!(rest.is_empty(), "'{rest}' is neither from nor to with a text; a text holds no quotation mark");
    let lines: Vec<&str> = text.lines().collect();
    let start = match from {
        Some(from) => lines
            .iter()
            .position(|line| line.contains(from))
            .with_context(|| format!("no line has '{from}'"))?,
        None => 0,
    };
    let after = lines.get(start..).unwrap_or_default();
    let length = match (from, to) {
        (_, Some(to)) => {
            1 + after
                .iter()
                .position(|line| line.contains(to))
                .with_context(|| format!("no line has '{to}'"))?
        }
        (Some(_), None) => after.iter().position(|line| line.trim().is_empty()).unwrap_or(after.len()),
        (None, None) => after.len(),
    };
    let kept = after.get(..length).unwrap_or_default();
    let before = |line: &str| line.len() - line.trim_start().len();
    let indent = kept.first().map_or(0, |line| before(line));
    let moved = kept.iter().map(|line| line.get(indent.min(before(line))..).unwrap_or_default());
    Ok(moved.collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "use a;\n\nimpl A {\n    fn b() {\n        c();\n    }\n\n    fn d() {}\n}\n";

    #[test]
    fn a_part_goes_from_one_line_to_another_or_to_the_end_of_its_paragraph() {
        assert_eq!(part(FILE, "").unwrap(), FILE.trim_end());
        assert_eq!(part(FILE, "from \"fn b\"").unwrap(), "fn b() {\n    c();\n}");
        assert_eq!(
            part(FILE, "from \"impl A\" to \"c();\"").unwrap(),
            "impl A {\n    fn b() {\n        c();"
        );
        assert_eq!(part(FILE, "from \"c();\" to \"fn d\"").unwrap(), "c();\n}\n\nfn d() {}");
        assert_eq!(part(FILE, "to \"use a\"").unwrap(), "use a;");
        for (region, why) in [
            ("from \"fn e\"", "no line has 'fn e'"),
            ("to \"}x\"", "no line has '}x'"),
            ("at \"x\"", "neither"),
            ("from \"c();\" to \"a\"b\"", "a text holds no quotation mark"),
            ("from \"c();\" to \"a\"b\"", "a text holds no quotation mark"),
        ] {
            assert!(part(FILE, region).unwrap_err().to_string().contains(why), "{region}");
        }
    }

    #[test]
    fn a_block_becomes_what_the_file_says() {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join("a.rs"), FILE).unwrap();
        let samples = Samples::new(root.path()).unwrap();
        let document =
            "Text.\n\n  <!-- sample: a.rs from \"fn d\" to \"fn d\" -->\n  ```rust\n  old\n  ```\n\nMore.\n";
        let filled = samples.fill(document).unwrap();
        assert_eq!(filled, document.replace("old", "fn d() {}"));
        assert_eq!(samples.fill(&filled).unwrap(), filled);
        let made = samples
            .fill("<!-- sample: new/python/product/src/hello.py to \"Greets\" -->\n```python\n```\n")
            .unwrap();
        assert!(made.contains("\"\"\"Greets whoever orders it.\"\"\"\n```\n"), "{made}");
        for (wrong, why) in [
            ("<!-- sample: b.rs -->\n```\n```\n", "sample 'b.rs'"),
            ("<!-- sample: a.rs -->\ntext\n", "no block stands below"),
            ("<!-- sample: a.rs -->\n```\n", "has no end"),
        ] {
            assert!(samples.fill(wrong).unwrap_err().to_string().contains(why), "{wrong}");
        }
    }
}
