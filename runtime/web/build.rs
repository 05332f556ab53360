//! Lists the panel's templates, strings and built assets for `src/view/embedded.rs`, so that one binary carries the panel.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let views = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?).join("../../views");
    println!("cargo:rerun-if-changed={}", views.display());
    let views = views.canonicalize()?;

    let mut out = String::new();
    list(&mut out, "TEMPLATES", "&str", "include_str", &views, &files(&views, "html")?)?;
    list(
        &mut out,
        "STRINGS",
        "&str",
        "include_str",
        &views.join("lang"),
        &files(&views.join("lang"), "ftl")?,
    )?;
    let dist = views.join("assets/dist");
    let assets = if dist.is_dir() { files(&dist, "")? } else { Vec::new() };
    list(&mut out, "ASSETS", "&[u8]", "include_bytes", &dist, &assets)?;
    let target = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?).join("embedded.rs");
    fs::write(target, out)
}

/// Writes one `(name, contents)` table; names are relative to `root` with forward slashes.
fn list(
    out: &mut String,
    name: &str,
    kind: &str,
    include: &str,
    root: &Path,
    files: &[PathBuf],
) -> io::Result<()> {
    writeln!(out, "pub(super) static {name}: &[(&str, {kind})] = &[").map_err(io::Error::other)?;
    for file in files {
        let relative = file.strip_prefix(root).map_err(io::Error::other)?;
        let key =
            relative.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
        writeln!(out, "    ({key:?}, {include}!({:?})),", file.display().to_string())
            .map_err(io::Error::other)?;
    }
    writeln!(out, "];").map_err(io::Error::other)
}

/// Every file below `root` with the extension (any, where it is empty), sorted. Hidden files stay out.
fn files(root: &Path, extension: &str) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut waiting = vec![root.to_path_buf()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
            if hidden {
                continue;
            }
            if path.is_dir() {
                waiting.push(path);
            } else if extension.is_empty() || path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}
