//! What each module of the repository costs: its component, its compilation, its busiest page and its busiest task.
//!
//! The panel is the demo's, as a process of its own with its providers' stand-ins beside it on this machine. A page is the time from
//! request to last byte over HTTP; a task is the time in the module, its provider's answers included, as the inspector has it.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use caisson_tests::demo::{ADMIN, CLIENT, Demo, Sold};
use caisson_tests::support::{Puppet, Visitor, caisson_program, modules, until};
use serde_json::{Value, json};

const PAGES: usize = 200;
/// Even: what is suspended goes on again.
const TASKS: usize = 60;
/// The inspector keeps 50 calls a second: before the tasks, and between two of them.
const REST: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(100);
const SOON: Duration = Duration::from_secs(120);

/// A module's busiest page, and how its busiest task comes about.
struct Case {
    module: &'static str,
    page: Page,
    task: Task,
}

enum Page {
    OfClient(String),
    OfAdmin(&'static str),
    /// A form's button, pressed by the client.
    Pressed(String),
}

enum Task {
    /// The verbs suspend and unsuspend, of a service.
    Verbs(String),
    Reconcile(String),
    Notify,
    /// A check is made.
    Check,
}

impl Task {
    /// The function of the module that does the work.
    fn export(&self) -> &'static str {
        match self {
            Self::Verbs(_) | Self::Check => "jobs.run",
            Self::Reconcile(_) => "payment.reconcile",
            Self::Notify => "notification.send",
        }
    }
}

fn cases(sold: &Sold) -> Vec<Case> {
    let sells = |module, service: &str, tab: &str| Case {
        module,
        page: Page::OfClient(format!("/client/services/{service}/{tab}")),
        task: Task::Verbs(service.to_owned()),
    };
    let settings = |module, page| Case { module, page: Page::OfAdmin(page), task: Task::Notify };
    let invoice = &sold.unpaid_invoice;
    let mut cases = vec![
        sells("product/cloud-service", &sold.cloud, "general"),
        sells("product/nextcloud", &sold.nextcloud, "overview"),
        sells("product/proxmox-wp", &sold.wordpress, "site"),
        Case {
            module: "payment/stripe",
            page: Page::Pressed(format!("/client/invoices/{invoice}/pay/stripe")),
            task: Task::Reconcile(invoice.clone()),
        },
        settings("notification/slack", "/admin/modules/notification/slack?tab=settings"),
        settings("notification/sms", "/admin/modules/notification/sms?tab=settings"),
        Case {
            module: "plugin/server-monitoring",
            page: Page::OfAdmin("/admin/modules/plugin/server-monitoring/dashboard"),
            task: Task::Check,
        },
    ];
    cases.extend(sold.zone.iter().map(|zone| sells("product/powerdns", zone, "records")));
    cases
}

/// Times, sorted.
struct Measured(Vec<Duration>);

impl Measured {
    fn new(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self(times)
    }

    /// Milliseconds.
    fn at(&self, percent: usize) -> f64 {
        let at = (self.0.len() * percent / 100).min(self.0.len() - 1);
        self.0[at].as_secs_f64() * 1e3
    }
}

struct Bench {
    demo: Demo,
    client: Visitor,
    admin: Visitor,
    puppet: Puppet,
}

impl Bench {
    async fn start() -> anyhow::Result<(Self, Sold)> {
        let demo = Demo::start(None).await?;
        let sold = demo.fill().await?;
        let puppet = Puppet::install(&demo.admin, "puppet", &[]).await?;
        let client = signed_in(&demo, "/client/login", CLIENT).await?;
        let admin = signed_in(&demo, "/admin/login", ADMIN).await?;
        Ok((Self { demo, client, admin, puppet }, sold))
    }

    async fn page(&mut self, page: &Page) -> anyhow::Result<Measured> {
        let mut times = Vec::with_capacity(PAGES);
        // The first one finds caches empty, and is not counted.
        for round in 0..=PAGES {
            let began = Instant::now();
            let shown = match page {
                Page::OfClient(path) => self.client.open(path).await?,
                Page::OfAdmin(path) => self.admin.open(path).await?,
                Page::Pressed(path) => self.client.submit(path, &[]).await?,
            };
            ensure!(shown.status == 200, "{}: {}", shown.path, shown.text());
            if round > 0 {
                times.push(began.elapsed());
            }
        }
        Ok(Measured::new(times))
    }

    async fn task(&self, module: &str, task: &Task) -> anyhow::Result<Measured> {
        let api = &self.demo.admin.api;
        let seen = format!("/modules/{module}/calls?export={}&outcome=ok&limit=200", task.export());
        let calls = async || -> anyhow::Result<Vec<Value>> {
            let all = api.get(&seen).await?.expect(200)?;
            all.as_array().cloned().context("calls are no list")
        };
        let before = calls().await?.len();
        tokio::time::sleep(REST).await;
        for round in 0..TASKS {
            tokio::time::sleep(PAUSE).await;
            match task {
                Task::Verbs(service) => {
                    let (verb, wanted) = [("suspend", "suspended"), ("unsuspend", "completed")][round % 2];
                    self.demo.shop().verb(service, verb, wanted, &Value::Null).await?;
                }
                Task::Reconcile(invoice) => {
                    let body = json!({ "gateway": "stripe" });
                    api.post(&format!("/invoices/{invoice}/reconcile"), &body).await?.ok()?;
                }
                Task::Notify => {
                    let data = json!({ "who": "Puppet", "times": round });
                    let told =
                        json!({ "op": "notify.staff", "permission": "hear", "event": "sung", "data": data });
                    self.puppet.one(told).await?;
                }
                Task::Check => self.demo.monitoring.check(api).await?,
            }
        }
        let what = format!("{TASKS} calls of {}", task.export());
        let ended = until(SOON, &what, async || {
            let ended = calls().await.ok()?;
            (ended.len() >= (before + TASKS).min(200)).then_some(ended)
        });
        // Newest first.
        let ended = ended.await?;
        let took = |call: &Value| call["wall_us"].as_u64().map(Duration::from_micros);
        Ok(Measured::new(ended.iter().take(TASKS).filter_map(took).collect()))
    }
}

async fn signed_in(demo: &Demo, page: &str, (email, password): (&str, &str)) -> anyhow::Result<Visitor> {
    let mut visitor = demo.panel.visitor()?;
    visitor.open(page).await?;
    visitor.submit(page, &[("email", email), ("password", password)]).await?;
    Ok(visitor)
}

/// Size of the component in KiB, and how long its compilation took, in seconds.
async fn component(module: &str) -> anyhow::Result<(u64, f64)> {
    let package = modules::package(module)?;
    let mut command = tokio::process::Command::new(caisson_program()?);
    command.args(["module", "check", "--json", "--package"]).arg(package);
    let told: Value = serde_json::from_slice(&command.output().await?.stdout)?;
    let cost = &told["cost"];
    let number = |key: &str| cost[key].as_u64().with_context(|| format!("no {key} in {told}"));
    Ok((number("component_bytes")? / 1024, number("compile_wall_ms")? as f64 / 1e3))
}

async fn run() -> anyhow::Result<()> {
    let (mut bench, sold) = Bench::start().await?;
    println!(
        "{:26} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}",
        "", "KiB", "compile s", "page p50", "p99 ms", "task p50", "p99 ms"
    );
    // Cargo's own arguments begin with a hyphen.
    let only: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let wanted = |case: &Case| only.is_empty() || only.iter().any(|word| case.module.contains(word));
    for case in cases(&sold).into_iter().filter(wanted) {
        let (size, compile) = component(case.module).await?;
        let page = bench.page(&case.page).await?;
        let task = bench.task(case.module, &case.task).await?;
        println!(
            "{:26} {size:>9} {compile:>9.2} {:>9.1} {:>9.1} {:>9.1} {:>9.1}",
            case.module,
            page.at(50),
            page.at(99),
            task.at(50),
            task.at(99)
        );
    }
    Ok(())
}

fn main() -> anyhow::Result<()> {
    tokio::runtime::Runtime::new()?.block_on(run())
}
