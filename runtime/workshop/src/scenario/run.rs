//! A scenario on its stage, from the empty panel to what came of it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use caisson_billing::{NewClient, NewInvoice};
use caisson_storage::calls::{self, CallFilter};
use caisson_storage::module_log::{self, LogFilter};
use caisson_storage::page::PageQuery;
use caisson_types::{InvoiceId, ProvisionStatus, ServiceId, Timestamp};
use serde_json::Value;

use super::When;
use super::call::Asked;
use super::compare::compare;
use super::{
    CallSeen, Difference, Exchange, Given, InvoiceSeen, Observed, Outcome, Played, Scenario, ServiceSeen,
};
use crate::stage::{Names, Result, Stage, StageConfig, StageError};

/// How a scenario went.
#[derive(Clone, Debug)]
pub struct Report {
    pub name: String,
    pub differences: Vec<Difference>,
    /// What the module logged.
    pub log: Vec<String>,
    /// What the network answered, where it was asked.
    pub recorded: Vec<Exchange>,
    pub took: Duration,
}

/// Most lines of the log that are looked at.
const LINES: u64 = 1_000;

/// Runs a scenario whose given is complete. With `record`, what no exchange answers goes out to the network.
///
/// # Errors
/// Where it cannot be brought on a stage at all: the package is refused, a form is, a table is not there.
pub async fn run(
    config: &StageConfig,
    package: Vec<u8>,
    scenario: &Scenario,
    record: bool,
) -> Result<Report> {
    let begun = Instant::now();
    let played = Played::new(scenario.given.exchanges.clone(), record);
    let provider = Arc::new(played.with_probes(scenario.given.probes.clone()));
    let rehearsal = Rehearsal::begin(config, package, scenario, Arc::clone(&provider), record).await?;
    let observed = rehearsal.ask(&scenario.when).await?;
    Ok(Report {
        name: scenario.name.clone(),
        differences: compare(&scenario.then, &observed),
        log: observed.log,
        recorded: provider.recorded(),
        took: begun.elapsed(),
    })
}

/// Plays a scenario and tells what came of it, whatever its `then` says.
///
/// # Errors
/// As [`run`].
pub async fn play(config: &StageConfig, package: Vec<u8>, scenario: &Scenario) -> Result<Observed> {
    let provider = Arc::new(Played::new(scenario.given.exchanges.clone(), false));
    Rehearsal::begin(config, package, scenario, provider, false).await?.ask(&scenario.when).await
}

/// A module on its stage, with everything that it is given.
pub(crate) struct Rehearsal {
    stage: Stage,
    provider: Arc<Played>,
    names: Names,
    locale: String,
    /// The status that the service is given.
    status: Option<ProvisionStatus>,
}

impl Rehearsal {
    /// Brings it there; `real` where secrets come from the environment.
    ///
    /// # Errors
    /// As [`run`].
    pub(crate) async fn begin(
        config: &StageConfig,
        package: Vec<u8>,
        scenario: &Scenario,
        provider: Arc<Played>,
        real: bool,
    ) -> Result<Self> {
        let given = &scenario.given;
        let stage = Stage::open(config, package, provider.clone()).await?;
        stage.grant(&given.withheld).await?;
        if !given.settings.is_empty() {
            let form = given.settings_form(real).map_err(StageError::Unset)?;
            stage.registry.save_settings(&stage.key, form, crate::stage::ACTOR).await?;
        }
        let names = match scenario.when.is_activation() {
            true => Names::default(),
            false => prepare(&stage, given).await?,
        };
        provider.name(&names);
        let status = given.service.as_ref().map(|service| service.status);
        Ok(Self { stage, provider, names, locale: given.client.locale.clone(), status })
    }

    /// Asks, runs what that queued, and tells all that came of it.
    ///
    /// # Errors
    /// Where the stage fails; whatever the module does is told.
    pub(crate) async fn ask(&self, when: &When) -> Result<Observed> {
        let Self { stage, provider, names, .. } = self;
        let Names { service, invoice, .. } = names;
        let before = stage.tasks().await?.len();
        let rows_before = rows(stage).await?;
        let since = Timestamp::now();
        let lines = log(stage).await?.len();
        provider.begin();
        let asked = Asked { stage, service: *service, invoice: *invoice, locale: &self.locale };
        let when = names.filled_in(when);
        let outcome = Outcome::of(asked.of(&when).await)?;
        stage.work().await?;
        let (requests, unanswered) = provider.seen();
        let log = log(stage).await?.split_off(lines);
        Ok(Observed {
            outcome,
            call: called(stage, &when.export(), since).await?,
            requests,
            unanswered,
            unused: provider.unused(),
            service: match service {
                Some(id) => Some(seen(stage, *id).await?),
                None => None,
            },
            invoice: match invoice {
                Some(id) => Some(paid(stage, *id).await?),
                None => None,
            },
            rows: rows(stage).await?,
            rows_before,
            tasks: stage.tasks().await?.split_off(before),
            log,
        })
    }

    /// Lets the service be as if nothing had been asked yet: the panel died before it heard how that ended.
    ///
    /// # Errors
    /// Those of the stage's database.
    pub(crate) async fn forget(&self) -> Result<()> {
        if let (Some(service), Some(status)) = (self.names.service, self.status) {
            self.stage.set_status(service, status).await?;
        }
        Ok(())
    }
}

/// Everything that is there before the call.
async fn prepare(stage: &Stage, given: &Given) -> Result<Names> {
    stage.activate().await?;
    let client = NewClient {
        email: given.client.email.clone(),
        name: given.client.name.clone(),
        phone: String::new(),
        password_hash: None,
        locale: given.client.locale.clone(),
        currency: given.client.currency.clone(),
    };
    let client = stage.client(client).await?;
    // A module may look at its rows when a product is saved, so that those which name nobody are there by then.
    let mut tables: Vec<&String> = given.tables.keys().collect();
    let names_somebody = |table: &String| given.tables.get(table).is_some_and(|rows| Names::are_in(rows));
    tables.sort_by_key(|table| names_somebody(table));
    let order = stage.in_order(tables.into_iter()).await?;
    let (before, after) = order.split_at(order.iter().position(names_somebody).unwrap_or(order.len()));
    fill(stage, given, before, &Names::default()).await?;
    let service = match &given.service {
        None => None,
        Some(service) => {
            let sold = crate::stage::Service {
                product: given.product.clone(),
                data: service.data.clone(),
                provision: service.provision.clone(),
                status: service.status,
            };
            Some(stage.sell(client, &sold).await?)
        }
    };
    let invoice = match &given.invoice {
        None => None,
        Some(invoice) => {
            let invoice = NewInvoice {
                client_id: client,
                currency: given.client.currency.clone(),
                total_minor: invoice.minor,
                description: invoice.description.clone(),
                draft: false,
            };
            Some(stage.bill(invoice).await?)
        }
    };
    let names = Names { service, invoice, client: Some(client) };
    fill(stage, given, after, &names).await?;
    stage.work().await?;
    Ok(names)
}

async fn fill(stage: &Stage, given: &Given, tables: &[String], names: &Names) -> Result<()> {
    for table in tables {
        if let Some(rows) = given.tables.get(table) {
            stage.fill(table, rows, names).await?;
        }
    }
    Ok(())
}

async fn seen(stage: &Stage, id: ServiceId) -> Result<ServiceSeen> {
    let service = stage.billing.service(id).await?.service;
    let data = stage.seen(id).await?.service_data;
    Ok(ServiceSeen {
        status: service.provision_status.to_string(),
        message: service.status_message,
        data: match serde_json::from_str(&data) {
            Ok(Value::Object(data)) => data,
            _ => serde_json::Map::new(),
        },
        timeline: stage.timeline(id).await?,
    })
}

async fn paid(stage: &Stage, id: InvoiceId) -> Result<InvoiceSeen> {
    let found = stage.billing.invoice(id).await?;
    Ok(InvoiceSeen {
        status: found.invoice.status.to_string(),
        due: found.invoice.due().minor,
        transactions: found.transactions.into_iter().map(|transaction| transaction.reference).collect(),
    })
}

/// Every row of the module's, by table.
async fn rows(stage: &Stage) -> Result<BTreeMap<String, Vec<Value>>> {
    let mut rows = BTreeMap::new();
    for table in stage.table_names().await? {
        rows.insert(table.clone(), stage.rows(&table).await?);
    }
    Ok(rows)
}

/// How the sandbox recorded the first call of an export since it was asked for.
async fn called(stage: &Stage, export: &str, since: Timestamp) -> Result<Option<CallSeen>> {
    stage.recorder.flush().await;
    let mut conn = stage.db.conn().await?;
    let filter = CallFilter {
        module: Some(stage.key.clone()),
        export: Some(export.to_owned()),
        since: Some(since),
        ..CallFilter::default()
    };
    let page = calls::page(&mut conn, &filter, &PageQuery::first(PageQuery::MOST)).await?;
    let seen = |call: calls::Call| CallSeen { outcome: call.outcome, message: call.message };
    // The newest come first: what was asked for is the one that led to the others.
    Ok(page.items.into_iter().next_back().map(seen))
}

/// What the module logged, oldest first.
async fn log(stage: &Stage) -> Result<Vec<String>> {
    stage.recorder.flush().await;
    let mut conn = stage.db.conn().await?;
    let filter = LogFilter { module: Some(stage.key.clone()), ..LogFilter::default() };
    let page = module_log::page(&mut conn, &filter, &PageQuery::first(LINES)).await?;
    let line = |entry: module_log::Entry| {
        [entry.level, entry.action, entry.request, entry.response]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    };
    let mut lines: Vec<String> = page.items.into_iter().map(line).collect();
    lines.reverse();
    Ok(lines)
}
