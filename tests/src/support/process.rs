//! A child process that does not outlive its parent.
//!
//! Dropping the handle stops the child. For a parent that dies without dropping anything (a killed test run, a static at
//! exit), a small shell waits on a pipe that only the parent holds: when the pipe closes, the shell stops the child.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use rustix::process::{Pid, Signal, kill_process};

use super::wait::until_blocking;

/// How long a child may take over a polite stop.
const PATIENCE: Duration = Duration::from_secs(8);

/// Lines of a log that an error shows.
const TAIL_LINES: usize = 30;

/// What waits for the parent's end: `read` returns when the pipe is closed. Takes a process id, and a directory or nothing;
/// what still runs with that directory on its command line was started by the child (a browser by its driver) and goes too.
const WATCHDOG: &str = r#"
read -r _
kill -TERM "$1" && sleep 2
kill -KILL "$1"
[ -n "$2" ] || exit 0
for process in /proc/[0-9]*; do
    pid=${process#/proc/}
    [ "$pid" != $$ ] && tr '\0' ' ' < "$process/cmdline" | grep -qF -- "$2" && kill -KILL "$pid"
done
rm -rf -- "$2"
"#;

/// A running child, its log in a file.
pub struct Process {
    name: String,
    child: Child,
    watchdog: Child,
    log: PathBuf,
    /// The signal this program takes for "stop now, tidily".
    stop: Signal,
}

impl Process {
    /// Starts `command` with standard output and error going to `log`. `scratch` is removed should the parent die without
    /// dropping its handle of that directory.
    ///
    /// # Errors
    /// When the program or its log cannot be opened.
    pub fn spawn(
        name: &str,
        command: &mut Command,
        log: &Path,
        scratch: Option<&Path>,
    ) -> anyhow::Result<Self> {
        let file = File::create(log).with_context(|| format!("cannot create {}", log.display()))?;
        let child = command
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            // Ctrl-C at a terminal is for the parent, which then stops its children in order.
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {}", command.get_program().display()))?;
        let watchdog = Command::new("/bin/sh")
            .args(["-c", WATCHDOG, "watchdog", &child.id().to_string()])
            .arg(scratch.unwrap_or(Path::new("")))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .context("cannot start /bin/sh")?;
        Ok(Self { name: name.to_owned(), child, watchdog, log: log.to_path_buf(), stop: Signal::TERM })
    }

    /// Uses another signal than TERM to stop it.
    #[must_use]
    pub fn stopped_by(mut self, signal: Signal) -> Self {
        self.stop = signal;
        self
    }

    /// The child's process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal; `kill -9` is `Signal::KILL`.
    ///
    /// # Errors
    /// When the child is gone.
    pub fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        kill_process(self.pid()?, signal).with_context(|| format!("cannot signal {}", self.name))
    }

    /// Kills it without warning and waits until it is gone.
    ///
    /// # Errors
    /// When it cannot be waited for.
    pub fn kill(&mut self) -> anyhow::Result<ExitStatus> {
        self.child.kill().with_context(|| format!("cannot kill {}", self.name))?;
        self.child.wait().with_context(|| format!("cannot wait for {}", self.name))
    }

    /// How it ended, if it did.
    ///
    /// # Errors
    /// When its state cannot be read.
    pub fn exited(&mut self) -> anyhow::Result<Option<ExitStatus>> {
        self.child.try_wait().with_context(|| format!("cannot look at {}", self.name))
    }

    /// Everything it wrote so far.
    pub fn log(&self) -> String {
        fs::read(&self.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    /// Waits until `ready` gives something; an early end of the child is an error that shows the end of its log.
    ///
    /// # Errors
    /// When the child ends, the deadline passes, or `ready` fails.
    pub fn wait_ready<T>(
        &mut self,
        deadline: Duration,
        mut ready: impl FnMut(&Self) -> Option<T>,
    ) -> anyhow::Result<T> {
        let what = format!("{} to be ready", self.name);
        until_blocking(deadline, &what, || {
            self.check_running()?;
            Ok(ready(self))
        })
        .with_context(|| self.tail())
    }

    /// Fails with the end of the log when the child has ended.
    ///
    /// # Errors
    /// When it has.
    pub fn check_running(&mut self) -> anyhow::Result<()> {
        match self.exited()? {
            Some(status) => Err(anyhow!("{} ended with {status}; {}", self.name, self.tail())),
            None => Ok(()),
        }
    }

    /// Asks it to stop, and makes it stop when it does not.
    ///
    /// # Errors
    /// When it cannot be waited for.
    pub fn stop(&mut self) -> anyhow::Result<ExitStatus> {
        if let Some(status) = self.exited()? {
            return Ok(status);
        }
        self.signal(self.stop)?;
        let name = self.name.clone();
        match until_blocking(PATIENCE, &format!("{name} to stop"), || self.exited()) {
            Ok(status) => Ok(status),
            Err(_) => self.kill(),
        }
    }

    /// The last lines of its log, for an error.
    pub fn tail(&self) -> String {
        let log = self.log();
        let lines: Vec<&str> = log.lines().collect();
        let last = &lines[lines.len().saturating_sub(TAIL_LINES)..];
        format!("the end of {}'s log:\n{}", self.name, last.join("\n"))
    }

    fn pid(&self) -> anyhow::Result<Pid> {
        let raw = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        raw.with_context(|| format!("{} has no process id", self.name))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The watchdog first: it must not signal an id that may soon belong to somebody else.
        let _ = self.watchdog.kill();
        let _ = self.watchdog.wait();
        let _ = self.stop();
    }
}

/// A loopback port that was free a moment ago.
///
/// # Errors
/// When none is.
pub fn free_port() -> anyhow::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free loopback port")?;
    Ok(listener.local_addr()?.port())
}
