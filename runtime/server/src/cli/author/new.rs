//! `caisson module new`: asks what is not said where somebody is there to answer.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use caisson_package::build::Language;
use caisson_types::{ModuleType, Slug};
use caisson_workshop::new::{NewModule, create_module};
use clap::{Args, ValueEnum};
use dialoguer::{Input, Select};

#[derive(Args)]
pub(crate) struct NewArguments {
    /// Default: a folder of the module's name, in this one.
    dir: Option<PathBuf>,
    /// Lower-case letters, digits and hyphens, such as vps-hosting; default: the folder's name.
    #[arg(long)]
    name: Option<Slug>,
    /// What people read; default: the name made readable.
    #[arg(long)]
    title: Option<String>,
    /// product, payment, notification or plugin.
    #[arg(long = "type")]
    kind: Option<ModuleType>,
    #[arg(long)]
    language: Option<Word>,
}

/// A language as it is written on the command line.
#[derive(Clone, Copy, ValueEnum)]
enum Word {
    Rust,
    Typescript,
    Python,
    C,
}

impl From<Word> for Language {
    fn from(word: Word) -> Self {
        match word {
            Word::Rust => Self::Rust,
            Word::Typescript => Self::JavaScript,
            Word::Python => Self::Python,
            Word::C => Self::C,
        }
    }
}

const LANGUAGES: [(&str, Word); 4] = [
    ("Rust: smallest and fastest", Word::Rust),
    ("TypeScript: builds in seconds", Word::Typescript),
    ("Python: large, and builds in a quarter of a minute", Word::Python),
    ("C: as small and fast as Rust", Word::C),
];

pub(super) fn new(asked: NewArguments) -> anyhow::Result<()> {
    let from_folder = || asked.dir.as_ref()?.file_name()?.to_str()?.parse().ok();
    let name: Slug = match (asked.name.clone().or_else(from_folder), &asked.dir) {
        (Some(name), _) => name,
        (None, Some(dir)) if !somebody_is_there() => bail!(
            "a module cannot be named like {}: say --name, with lower-case letters, digits and single hyphens",
            dir.display()
        ),
        (None, _) => ask("--name", || Input::new().with_prompt("Name, such as vps-hosting").interact_text())?,
    };
    let kind = match asked.kind {
        Some(kind) => kind,
        None => {
            let names: Vec<&str> = ModuleType::ALL.iter().map(|kind| kind.as_str()).collect();
            let prompt = || Select::new().with_prompt("Type").items(&names).default(0).interact();
            ModuleType::ALL[ask("--type", prompt)?]
        }
    };
    let language = match asked.language {
        Some(word) => word,
        None => {
            let names = LANGUAGES.map(|(name, _)| name);
            let prompt = || Select::new().with_prompt("Language").items(names).default(0).interact();
            LANGUAGES[ask("--language", prompt)?].1
        }
    };
    let dir = asked.dir.unwrap_or_else(|| PathBuf::from(name.as_str()));
    let made = create_module(&dir, &NewModule { name, title: asked.title, kind, language: language.into() })?;
    for path in made {
        println!("{}", dir.join(path).display());
    }
    println!("next: caisson module build {}", dir.display());
    Ok(())
}

fn somebody_is_there() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// The answer of whoever sits at the terminal; where nobody does, what to say instead.
fn ask<T>(option: &str, prompt: impl FnOnce() -> dialoguer::Result<T>) -> anyhow::Result<T> {
    if !somebody_is_there() {
        bail!("{option} is missing, and this is no terminal to ask at; see 'caisson module new --help'");
    }
    prompt().with_context(|| format!("nothing was answered; {option} says it as well"))
}
