//! What modules did: the inspector on the command line.

use std::time::Duration;

use caisson_registry::RegistryError;
use caisson_storage::calls::{self, Call, CallFilter};
use caisson_storage::module_log::{self, LogFilter};
use caisson_storage::{Db, Optional as _, PageQuery};
use caisson_types::manifest::GrantId;
use caisson_types::{CallId, ModuleKey, ServiceId, TaskId, Timestamp};
use clap::Args;
use serde_json::{Value, json};
use uuid::Uuid;

use super::print_list;
use crate::parts::Panel;

#[derive(Args)]
pub(crate) struct CallsArguments {
    /// Such as product/powerdns.
    module: ModuleKey,
    /// The function that was entered, such as product.create.
    #[arg(long)]
    export: Option<String>,
    /// ok, problem, trapped, exhausted …
    #[arg(long)]
    outcome: Option<String>,
    #[arg(long)]
    service: Option<ServiceId>,
    #[arg(long)]
    task: Option<TaskId>,
    /// The x-request-id of a request to the panel.
    #[arg(long, value_parser = request)]
    request: Option<Uuid>,
    /// How long ago at most (90s, 30m, 2h, 7d), or a time (2026-01-31T12:00:00Z).
    #[arg(long, value_parser = moment)]
    since: Option<Timestamp>,
    /// Likewise.
    #[arg(long, value_parser = moment)]
    until: Option<Timestamp>,
    /// Took so many milliseconds or longer.
    #[arg(long)]
    slower_than: Option<u64>,
    /// Only those that were denied a host call.
    #[arg(long)]
    denied: bool,
    #[arg(long, default_value_t = 50)]
    limit: u64,
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(crate) struct LogArguments {
    module: ModuleKey,
    /// debug, info, warning or error.
    #[arg(long)]
    level: Option<String>,
    /// Part of the action.
    #[arg(long)]
    action: Option<String>,
    #[arg(long)]
    service: Option<ServiceId>,
    #[arg(long)]
    task: Option<TaskId>,
    /// How long ago at most (90s, 30m, 2h, 7d), or a time (2026-01-31T12:00:00Z).
    #[arg(long, value_parser = moment)]
    since: Option<Timestamp>,
    #[arg(long, value_parser = moment)]
    until: Option<Timestamp>,
    #[arg(long, default_value_t = 50)]
    limit: u64,
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(crate) struct NarrowArguments {
    module: ModuleKey,
    /// Take this grant away, by its id.
    #[arg(long, required_unless_present = "unused")]
    grant: Vec<String>,
    /// Take every grant away that nobody used.
    #[arg(long, conflicts_with = "grant")]
    unused: bool,
    /// How long a grant must have been there, and not been used, to count as unused.
    #[arg(long, default_value_t = 30)]
    days: u32,
}

pub(super) async fn list(db: &Db, asked: CallsArguments) -> anyhow::Result<()> {
    let filter = CallFilter {
        module: Some(asked.module),
        version: None,
        export: asked.export,
        outcome: asked.outcome,
        service: asked.service,
        task: asked.task,
        request: asked.request,
        since: asked.since,
        until: asked.until,
        slower_than_us: asked.slower_than.map(|ms| ms.saturating_mul(1_000)),
        denied: asked.denied,
    };
    let page = calls::page(&mut *db.conn().await?, &filter, &PageQuery::first(asked.limit)).await?;
    if asked.json {
        let shown: Vec<Value> = page.items.iter().map(shown).collect();
        println!("{}", serde_json::to_string_pretty(&shown)?);
        return Ok(());
    }
    print_list(
        false,
        &page.items.iter().map(line).collect::<Vec<_>>(),
        String::clone,
        "No call is kept that fits.",
    )
}

fn line(call: &Call) -> String {
    let denied = if call.denied > 0 { format!("  {} denied", call.denied) } else { String::new() };
    let message = call.message.as_deref().map(|message| format!("  {message}")).unwrap_or_default();
    format!(
        "{}  {}  {:<10} {:<28} {:>9.1} ms  {:>4} host calls{denied}{message}",
        call.id,
        time(call.at),
        call.outcome,
        call.export,
        call.wall_us as f64 / 1e3,
        call.host_call_count,
    )
}

fn time(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.0).map_or_else(|_| at.0.to_string(), |at| format!("{at:.0}"))
}

fn shown(call: &Call) -> Value {
    json!({
        "id": call.id, "module": call.module, "export": call.export, "at": call.at, "outcome": call.outcome,
        "message": call.message, "wall_us": call.wall_us, "cpu_us": call.cpu_us,
        "memory_bytes": call.memory_bytes, "bytes_out": call.bytes_out, "bytes_in": call.bytes_in,
        "host_call_count": call.host_call_count, "omitted": call.omitted, "denied": call.denied,
        "host_calls": call.host_calls, "grants": call.grants, "request": call.request_id,
        "task": call.task_id, "service": call.service_id,
    })
}

/// One call with its timeline.
pub(super) async fn show(db: &Db, id: CallId, json: bool) -> anyhow::Result<()> {
    let call = calls::by_id(&mut *db.conn().await?, id).await.optional()?;
    let call = call.ok_or(RegistryError::UnknownCall(id))?;
    if json {
        println!("{}", serde_json::to_string_pretty(&shown(&call))?);
        return Ok(());
    }
    println!("{}", line(&call));
    let ids = [
        ("request", call.request_id.map(|id| id.to_string())),
        ("task", call.task_id.map(|id| id.to_string())),
        ("service", call.service_id.map(|id| id.to_string())),
    ];
    for (name, id) in ids.into_iter().filter_map(|(name, id)| Some((name, id?))) {
        println!("  {name} {id}");
    }
    println!(
        "  {:.1} ms of processor, {} KiB of memory, {} bytes out, {} in",
        call.cpu_us as f64 / 1e3,
        call.memory_bytes / 1024,
        call.bytes_out,
        call.bytes_in
    );
    print!("{}", timeline(&call));
    Ok(())
}

/// A call's host calls, one a line.
pub(super) fn timeline(call: &Call) -> String {
    let mut lines = String::new();
    for step in call.host_calls.as_array().into_iter().flatten() {
        let ms = |key: &str| step[key].as_f64().unwrap_or_default() / 1e3;
        let times = step["times"].as_u64().map(|times| format!(" × {times}")).unwrap_or_default();
        let (outcome, name, detail) = (&step["outcome"], &step["name"], &step["detail"]);
        let [outcome, name, detail] = [outcome, name, detail].map(|word| word.as_str().unwrap_or_default());
        let (at, took) = (ms("at_us"), ms("took_us"));
        lines += &format!("  {at:>9.2} ms {took:>9.2} ms  {outcome:<7} {name}{times}  {detail}\n");
    }
    if call.omitted > 0 {
        lines += &format!("  {} more host calls were counted and not kept\n", call.omitted);
    }
    lines
}

pub(super) async fn log(db: &Db, asked: LogArguments) -> anyhow::Result<()> {
    let filter = LogFilter {
        module: Some(asked.module),
        level: asked.level,
        service: asked.service,
        task: asked.task,
        call: None,
        action: asked.action,
        since: asked.since,
        until: asked.until,
    };
    let page = module_log::page(&mut *db.conn().await?, &filter, &PageQuery::first(asked.limit)).await?;
    let entries: Vec<Value> = page
        .items
        .iter()
        .map(|entry| {
            json!({
                "at": entry.at, "level": entry.level, "action": entry.action, "request": entry.request,
                "response": entry.response, "call": entry.call_id, "task": entry.task_id, "service": entry.service_id,
            })
        })
        .collect();
    let text = |entry: &Value, key: &str| entry[key].as_str().unwrap_or_default().replace('\n', " ");
    let line = |entry: &Value| {
        let at = time(Timestamp(entry["at"].as_i64().unwrap_or_default()));
        let (level, action) = (text(entry, "level"), text(entry, "action"));
        format!("{at}  {level:<7} {action}  {} -> {}", text(entry, "request"), text(entry, "response"))
    };
    print_list(asked.json, &entries, line, "The module logged nothing that fits.")
}

/// What was asked, approved, used and denied.
pub(super) async fn report(panel: &Panel, module: &ModuleKey, days: u32, json: bool) -> anyhow::Result<()> {
    let report = panel.registry.grants_report(module, days).await?;
    if json {
        println!("{}", serde_json::to_string_pretty(&report)?);
        return Ok(());
    }
    for grant in &report.grants {
        let used = match grant.last_used_at {
            Some(at) => format!("used {} times, last {}", grant.uses, time(at)),
            None => "never used".to_owned(),
        };
        let unused = if grant.unused { format!("; unused for {days} days") } else { String::new() };
        let mark = if grant.granted { "x" } else { " " };
        println!("[{mark}] {}  {used}{unused}", grant.request.id);
    }
    for denied in &report.denied {
        let next = match (denied.granted, denied.asked) {
            (true, _) => "granted since".to_owned(),
            (false, true) => {
                format!("grant it with: caisson module grant {module} --grant '{}' …", denied.line)
            }
            (false, false) => "its author must ask for it in module.toml".to_owned(),
        };
        println!("denied {} times, last {}: {} ({next})", denied.denials, time(denied.last_at), denied.line);
    }
    Ok(())
}

pub(super) async fn narrow(panel: &Panel, asked: NarrowArguments, actor: &str) -> anyhow::Result<()> {
    let taken: Vec<GrantId> = if asked.unused {
        let report = panel.registry.grants_report(&asked.module, asked.days).await?;
        report.grants.into_iter().filter(|grant| grant.unused).map(|grant| grant.request.id).collect()
    } else {
        asked.grant.into_iter().map(GrantId).collect()
    };
    if taken.is_empty() {
        println!("{} uses everything that it was granted.", asked.module);
        return Ok(());
    }
    panel.registry.narrow(&asked.module, &taken, actor).await?;
    for grant in &taken {
        println!("{} no longer has: {grant}", asked.module);
    }
    Ok(())
}

/// What the header of an answer holds.
fn request(text: &str) -> Result<Uuid, String> {
    text.parse().map_err(|_| format!("'{text}' is not what an x-request-id looks like: it is a UUID"))
}

/// `2h`, or a time with its zone.
fn moment(text: &str) -> Result<Timestamp, String> {
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Ok(Timestamp(at.as_millisecond()));
    }
    let seconds = |unit: char| match unit {
        's' => Some(1),
        'm' => Some(60),
        'h' => Some(3_600),
        'd' => Some(24 * 3_600),
        _ => None,
    };
    let ago = text.char_indices().next_back().and_then(|(at, unit)| {
        Some(Duration::from_secs(text[..at].parse::<u64>().ok()?.checked_mul(seconds(unit)?)?))
    });
    ago.map(|ago| Timestamp::now().before(ago)).ok_or_else(|| {
        format!("'{text}' is neither a duration such as 90s, 30m, 2h or 7d nor a time such as 2026-01-31T12:00:00Z")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_time_or_how_long_ago() {
        assert_eq!(moment("1970-01-01T00:00:01Z"), Ok(Timestamp(1_000)));
        let hours = (Timestamp::now().0 - moment("2h").unwrap().0) / 1_000;
        assert!((7_199..7_201).contains(&hours), "{hours}");
        for wrong in ["", "h", "2w", "-1h", "yesterday", "1ü"] {
            assert!(moment(wrong).is_err(), "{wrong}");
        }
    }
}
