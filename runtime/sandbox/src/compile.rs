//! Compilation in a child process: a component that brings the compiler down, or makes it slow or fat, brings down a child.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use caisson_types::problem;
use rustix::process::{Resource, Rlimit, setrlimit};

use crate::engine::Engine;

/// Processor time, address space and output of the child.
const CPU_SECONDS: u64 = 120;
const ADDRESS_SPACE: u64 = 4 << 30;
const OUTPUT: u64 = 512 << 20;
/// The clock on the parent's wall, should the child hang without computing. Generous: an interpreter takes half a minute of processor
/// time without optimisations of our own, and a busy machine stretches that to several.
const WALL: Duration = Duration::from_secs(600);
/// Longest message taken from the child.
const MESSAGE: u64 = 4096;
/// Most characters of it that are told.
const LINE: usize = 1_000;

/// How to start the child: this program with arguments that lead to [`run_compiler`].
#[derive(Clone, Debug)]
pub struct Compiler {
    program: PathBuf,
    arguments: Vec<String>,
}

/// Why a component did not compile.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    /// The component's fault; the message may be shown to its author.
    #[error("component.wasm does not compile: {0}")]
    Refused(String),
    #[error("compiling component.wasm took more than {seconds} s of processor time or {mib} MiB of memory; make the component smaller",
        seconds = CPU_SECONDS, mib = ADDRESS_SPACE >> 20)]
    Limits,
    #[error("the compiler could not be started")]
    Start(#[source] std::io::Error),
}

impl Compiler {
    /// Processor time that compiling one component may take.
    pub const CPU_LIMIT: Duration = Duration::from_secs(CPU_SECONDS);

    pub fn new(program: impl Into<PathBuf>, arguments: impl IntoIterator<Item = String>) -> Self {
        Self { program: program.into(), arguments: arguments.into_iter().collect() }
    }

    /// Compiles the file `component` into the file `artefact`.
    ///
    /// # Errors
    /// The cause in one sentence. `artefact` may be left half written; it is the caller's temporary file.
    pub async fn compile(&self, component: &Path, artefact: &Path) -> Result<(), CompileError> {
        let mut child = tokio::process::Command::new(&self.program)
            .args(&self.arguments)
            .arg(component)
            .arg(artefact)
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(CompileError::Start)?;
        let stderr = child.stderr.take();
        let finished = tokio::time::timeout(WALL, async {
            let mut message = Vec::new();
            if let Some(stderr) = stderr {
                let mut stderr = tokio::io::AsyncReadExt::take(stderr, MESSAGE);
                tokio::io::AsyncReadExt::read_to_end(&mut stderr, &mut message).await?;
            }
            Ok::<_, std::io::Error>((child.wait().await?, message))
        })
        .await;
        match finished {
            Err(_) => Err(CompileError::Limits),
            Ok(Err(error)) => Err(CompileError::Start(error)),
            Ok(Ok((status, _))) if status.success() => Ok(()),
            // Killed by a signal: the limits' way of saying no, or a crash of the compiler, which the author can only answer alike.
            Ok(Ok((status, _))) if status.code().is_none() => Err(CompileError::Limits),
            Ok(Ok((_, message))) => {
                let message = String::from_utf8_lossy(&message);
                let line = message
                    .lines()
                    .find(|line| !line.trim().is_empty())
                    .unwrap_or("the compiler gave no reason");
                if line.contains("memory allocation") {
                    Err(CompileError::Limits)
                } else {
                    // The child quotes what it was given.
                    Err(CompileError::Refused(problem::shown(line.trim(), LINE)))
                }
            }
        }
    }
}

/// The child's side: limits itself, compiles, writes the artefact.
///
/// # Errors
/// One line for the parent to read.
pub fn run_compiler(component: &Path, artefact: &Path) -> Result<(), String> {
    let limit = |resource, value| {
        setrlimit(resource, Rlimit { current: Some(value), maximum: Some(value) })
            .map_err(|error| format!("limits could not be set: {error}"))
    };
    limit(Resource::Cpu, CPU_SECONDS)?;
    limit(Resource::As, ADDRESS_SPACE)?;
    limit(Resource::Fsize, OUTPUT)?;
    limit(Resource::Core, 0)?;
    let mut bytes = Vec::new();
    std::fs::File::open(component)
        .and_then(|file| file.take(OUTPUT).read_to_end(&mut bytes))
        .map_err(|error| format!("the component could not be read: {error}"))?;
    let engine = Engine::for_compiling().map_err(|error| format!("{error:#}"))?;
    let compiled =
        engine.precompile_component(&bytes).map_err(|error| format!("{error:#}").replace('\n', " "))?;
    std::fs::write(artefact, compiled).map_err(|error| format!("the artefact could not be written: {error}"))
}
