//! Builds the module in a folder and prints what came out: `cargo run -p caisson-package --example build_module -- DIR`.

use std::path::{Path, PathBuf};

use caisson_package::build::{BuildOptions, Messages, build_module};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dir = std::env::args().nth(1).ok_or("name the module's folder")?;
    let target_dir = std::env::args().nth(2).map_or_else(|| PathBuf::from("target/guests"), PathBuf::from);
    let options = BuildOptions { target_dir, out: None, messages: Messages::Show };
    let built = build_module(Path::new(&dir), &options)?;
    println!("{}: {} bytes", built.component.display(), built.bytes);
    println!("imports {}", built.imports.join(" "));
    println!("exports {}", built.exports.join(" "));
    Ok(())
}
