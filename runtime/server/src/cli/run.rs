use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use caisson_billing::worker;
use caisson_storage::admins;
use caisson_storage::tasks::backend::StoreConfig;
use caisson_web::view::{Source, Views};
use caisson_web::{App, Parts};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::config::Config;
use crate::parts::{self, Panel};
use crate::trials::Plays;
use crate::{listen, tidy};

/// Buckets of how long calls take, in seconds: what p50 and p99 are read from.
const CALL_SECONDS: [f64; 15] =
    [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 15.0, 60.0];

/// What a process does.
pub(super) struct Role {
    pub(super) web: bool,
    pub(super) worker: bool,
}

/// Runs until the process is told to stop, then finishes what is under way.
pub(super) async fn run(config: &Config, role: Role) -> anyhow::Result<()> {
    let panel = parts::panel(config).await?;
    let url = &config.server.public_url;
    let mut told = serde_json::json!({ "url": url });
    if admins::count(&mut *panel.db.conn().await?).await? == 0 {
        told["setup"] = format!("{url}/setup?code={}", panel.setup_code.expose()).into();
    }
    serve(config, panel, role, stop(), |address| {
        told["listen"] = address.to_string().into();
        println!("{told}");
    })
    .await
}

/// Becomes true when the process is told to stop.
pub(super) fn stop() -> watch::Receiver<bool> {
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(async move {
        told_to_stop().await;
        tracing::info!("stopping");
        stop.send(true).ok();
    });
    stopped
}

/// The same with a panel that is put together already; `ready` is told where it listens.
pub(super) async fn serve(
    config: &Config,
    panel: Panel,
    role: Role,
    stopped: watch::Receiver<bool>,
    ready: impl FnOnce(SocketAddr),
) -> anyhow::Result<()> {
    let metrics = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full("caisson_call_seconds".to_owned()), &CALL_SECONDS)
        .and_then(PrometheusBuilder::install_recorder)
        .context("metrics cannot be recorded")?;
    let until_stopped = move || {
        let mut stopped = stopped.clone();
        async move {
            stopped.wait_for(|stopped| *stopped).await.ok();
        }
    };

    let tidying = role.worker.then(|| {
        let keep = tidy::Keep { inspector: config.inspector.clone(), tasks_days: config.queue.keep_days };
        tokio::spawn(tidy::regularly(panel.db.clone(), keep))
    });
    let worker = role.worker.then(|| {
        let mut store = StoreConfig::new("worker");
        store.concurrency = config.queue.workers;
        store.lease = Duration::from_secs(config.queue.lease_s);
        tokio::spawn(worker::work(Arc::clone(&panel.billing), store, until_stopped()))
    });
    if role.web {
        let listener = listen::bind(config.server.listen).await?;
        let address = listener.local_addr()?;
        tokio::fs::write(config.data.dir.join("listen"), address.to_string())
            .await
            .context("the address cannot be noted in the data directory")?;
        let program = std::env::current_exe().context("this program's own file cannot be found")?;
        let app = App::new(Parts {
            billing: Arc::clone(&panel.billing),
            metrics: Arc::new(move || metrics.render()),
            views: Views::new(Source::Embedded).context("the panel's own strings cannot be read")?,
            setup_code: panel.setup_code.clone(),
            trials: Arc::new(Plays::new(program, config.data.dir.join("trials"))),
        });
        tracing::info!(%address, "the panel is served");
        ready(address);
        let proxies = config.server.trusted_proxies.clone();
        listen::serve(listener, caisson_web::router(app), proxies, until_stopped()).await;
    }
    if let Some(worker) = worker {
        worker.await.context("the worker stopped unexpectedly")?.context("the worker stopped")?;
    }
    if let Some(tidying) = tidying {
        tidying.abort();
    }
    panel.recorder.flush().await;
    if let Some(telemetry) = &panel.telemetry {
        telemetry.flush().await;
    }
    panel.db.close().await;
    Ok(())
}

async fn told_to_stop() {
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
