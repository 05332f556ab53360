//! What a package is made of.

use std::path::Path;

use anyhow::Context as _;
use caisson_package::sbom::{Part, Sbom};
use caisson_types::ModuleKey;
use clap::Args;

use super::sign;
use crate::config::Config;
use crate::parts;

#[derive(Args)]
pub(crate) struct SbomArguments {
    /// A package's file, or an installed module, such as product/powerdns.
    package: String,
    /// Which installed version; default: the newest.
    #[arg(long)]
    version: Option<String>,
    /// The whole document, CycloneDX in JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn show(asked: SbomArguments, config: &Config) -> anyhow::Result<()> {
    let path = Path::new(&asked.package);
    let found = if path.is_file() { of_file(path)? } else { of_module(&asked, config).await? };
    let sbom = found.with_context(|| {
        format!("{} has no list of its parts; pack it again with 'caisson module pack'", asked.package)
    })?;
    if asked.json {
        print!("{}", sbom.text());
    } else {
        sbom.parts().iter().for_each(|part| println!("{}", line(part)));
    }
    Ok(())
}

fn of_file(path: &Path) -> anyhow::Result<Option<Sbom>> {
    let package = sign::checked(path, &sign::read(path)?)?.package;
    Ok(package.sbom.map(|text| Sbom::read(&text, &package.manifest)).transpose()?)
}

async fn of_module(asked: &SbomArguments, config: &Config) -> anyhow::Result<Option<Sbom>> {
    let key: Option<ModuleKey> = asked.package.parse().ok();
    let key = key.with_context(|| {
        format!("'{}' is neither a file nor a module such as product/powerdns", asked.package)
    })?;
    let panel = parts::panel(config).await?;
    let version = panel.registry.find_version(&key, asked.version.as_deref()).await?;
    Ok(panel.registry.sbom(version).await?)
}

fn line(part: &Part) -> String {
    let licence = if part.licence.is_empty() { "licence unknown" } else { &part.licence };
    let only = if part.only_for_building { "  (only to build it)" } else { "" };
    format!("{:<32} {:<12} {licence}{only}", part.name, part.version)
}
