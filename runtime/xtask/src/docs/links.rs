//! Links between documents: the file is there, and so is the heading.

use std::collections::{HashMap, HashSet};
use std::path::{Component, Path, PathBuf};

use anyhow::ensure;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::{Documents, anchor, read};

/// Checks every relative link of the documents.
pub(super) fn check(root: &Path, documents: &Documents) -> anyhow::Result<()> {
    let mut anchors: HashMap<PathBuf, HashSet<String>> = HashMap::new();
    let mut broken = Vec::new();
    for (path, text) in documents.iter().filter(|(path, _)| is_markdown(path)) {
        for link in links(text) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (file, heading) = link.split_once('#').unwrap_or((&link, ""));
            let target = match file {
                "" => path.clone(),
                file => plain(&path.parent().unwrap_or(Path::new("")).join(file)),
            };
            if !(documents.contains_key(&target) || root.join(&target).exists()) {
                broken.push(format!("{}: {link}: there is no {}", path.display(), target.display()));
            } else if !heading.is_empty() && is_markdown(&target) {
                if !anchors.contains_key(&target) {
                    let other = documents
                        .get(&target)
                        .map_or_else(|| read(&root.join(&target)), |text| Ok(text.clone()))?;
                    anchors.insert(target.clone(), headings(&other));
                }
                if !anchors[&target].contains(heading) {
                    broken.push(format!("{}: {link}: there is no such heading", path.display()));
                }
            }
        }
    }
    ensure!(broken.is_empty(), "links that lead nowhere:\n  {}", broken.join("\n  "));
    Ok(())
}

fn is_markdown(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "md")
}

/// The path without `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            part => plain.push(part),
        }
    }
    plain
}

fn parse(text: &str) -> Parser<'_> {
    Parser::new_ext(text, Options::ENABLE_TABLES)
}

fn links(text: &str) -> Vec<String> {
    let target = |event| match event {
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
            Some(dest_url.into_string())
        }
        _ => None,
    };
    parse(text).filter_map(target).collect()
}

/// Anchors of all headings; one that stands there again gets a number.
fn headings(text: &str) -> HashSet<String> {
    let (mut found, mut present) = (HashSet::new(), None);
    for event in parse(text) {
        match event {
            Event::Start(Tag::Heading { .. }) => present = Some(String::new()),
            Event::Text(part) | Event::Code(part) => {
                if let Some(heading) = &mut present {
                    heading.push_str(&part);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                let name = anchor(&present.take().unwrap_or_default());
                let again = (0..).map(|n| if n == 0 { name.clone() } else { format!("{name}-{n}") });
                found.extend(again.into_iter().find(|name| !found.contains(name)));
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_needs_its_file_and_its_heading() {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join("LICENSE"), "text").unwrap();
        let check = |text: &str| {
            let other = "# What to `know`\n\n## Hosts\n\n## Hosts\n".to_owned();
            let one = (PathBuf::from("docs/one.md"), text.to_owned());
            check(root.path(), &Documents::from([one, (PathBuf::from("other.md"), other)]))
        };
        check("[a](../other.md#what-to-know) [b](../other.md#hosts-1) [c](../LICENSE) [d](https://example.com/x#y)").unwrap();
        check("# Here\n\n[a](#here) and `[code](gone.md)`\n\n```\n[block](gone.md)\n```\n").unwrap();
        for (text, why) in [
            ("[a](gone.md)", "docs/one.md: gone.md: there is no docs/gone.md"),
            ("[a](../other.md#hosts-2)", "../other.md#hosts-2: there is no such heading"),
            ("[a](#there)", "#there: there is no such heading"),
        ] {
            let error = check(text).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
    }
}
