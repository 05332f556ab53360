//! `cargo xtask demo`: from a clone to a panel with something in it, or with `--once` to a service that went through every
//! verb.

mod drive;

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use caisson_tests::demo::Demo;

use crate::steps::Steps;
use crate::{assets, modules, needs};

pub(crate) fn demo(root: &Path, once: bool, port: u16) -> anyhow::Result<()> {
    let mut steps = Steps::start();
    steps.step("needs", || needs::meet(needs::DEMO))?;
    steps.step("assets", || assets::assets(root))?;
    steps.step("build", || modules::build_panel(root))?;
    steps.step("build-modules", || modules::build_packages(&[]))?;
    let runtime = tokio::runtime::Runtime::new()?;
    let port = (!once).then_some(port);
    let mut demo = steps.step("panel", || runtime.block_on(Demo::start(port)))?;
    let done = if once {
        runtime.block_on(drive::drive(&demo))
    } else {
        steps.step("demo data", || runtime.block_on(demo.fill()))?;
        runtime.block_on(serve(&mut demo))
    };
    done.with_context(|| demo.panel.front().tail())
}

/// Shows where everything is and serves until Ctrl-C.
async fn serve(demo: &mut Demo) -> anyhow::Result<()> {
    println!("\n{}\nCtrl-C ends it and leaves nothing behind.", demo.describe());
    let mut look = tokio::time::interval(Duration::from_secs(1));
    loop {
        tokio::select! {
            signal = tokio::signal::ctrl_c() => return signal.context("cannot wait for Ctrl-C"),
            _ = look.tick() => demo.panel.front().check_running()?,
        }
    }
}
