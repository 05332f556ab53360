//! What each host function costs a guest, a check of a grant alone, and a row from the module's own table over the same row by
//! plain sqlx.
//!
//! The guest is the tests' puppet, which repeats one step: the price of a function is what more repetitions of it cost, so that
//! the call itself is left out, and what the guest does to ask and to read the answer is not. Everything is measured by turns in one run,
//! since the machine's mood changes; what counts are the ratio at the end, and the check, which must not allocate.

mod panel;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;
use std::time::{Duration, Instant};

use caisson_capabilities::{Granted, Key};
use caisson_sandbox::exports::settings::TEST_CONNECTION;
use caisson_tests::support::puppet;
use serde_json::{Value, json};
use sqlx::Row as _;

use panel::Caisson;

const ROUNDS: usize = 31;

/// Counts what the thread that measures allocates.
struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

#[allow(unsafe_code, reason = "an allocator is unsafe by its trait; this one only counts")]
// SAFETY: everything is handed to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.with(|count| count.set(count.get() + 1));
        // SAFETY: as the caller promised.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as the caller promised.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// A function by its name, its step, and how often one call may repeat it within its budget.
fn functions(url: &str) -> Vec<(&'static str, Value, u32)> {
    vec![
        ("config.has", json!({ "op": "config.has", "key": "motto" }), 400),
        ("config.get", json!({ "op": "config.get", "key": "motto" }), 400),
        ("log.emit", json!({ "op": "log.info", "action": "a", "request": 1, "response": 2 }), 400),
        ("crypto.digest", json!({ "op": "crypto.digest", "text": "abc" }), 400),
        ("crypto.equal", json!({ "op": "crypto.equal", "a": "abc", "b": "abd" }), 400),
        ("crypto.encrypt", json!({ "op": "crypto.encrypt", "text": "abc" }), 400),
        ("crypto.random", json!({ "op": "crypto.random", "length": 16 }), 400),
        ("crypto.uuid", json!({ "op": "crypto.uuid" }), 400),
        (
            "i18n.translate",
            json!({ "op": "i18n.translate", "key": "greeting", "arguments": { "name": "Jo" } }),
            400,
        ),
        (
            "validation.validate",
            json!({ "op": "validation.validate", "data": { "a": 1 }, "rules": { "a": "required|integer" } }),
            400,
        ),
        ("cache.set", json!({ "op": "cache.set", "key": "a", "value": 1, "tags": [] }), 50),
        ("cache.get", json!({ "op": "cache.get", "key": "a" }), 200),
        ("services.list", json!({ "op": "services.list" }), 200),
        ("tasks.add", json!({ "op": "tasks.add", "do": [], "unique": "a", "delay": 3_000 }), 50),
        (
            "events.dispatch",
            json!({ "op": "events.dispatch", "name": "echoed", "payload": { "fail": true } }),
            20,
        ),
        ("database.insert", json!({ "op": "db.upsert", "name": "b", "value": 1 }), 50),
        ("database.select", json!({ "op": "db.get", "name": "a" }), 200),
        ("http.send", json!({ "op": "http.get", "url": url }), 20),
    ]
}

async fn play(caisson: &Caisson, step: &Value, times: u32) -> anyhow::Result<Duration> {
    let script = json!([{ "op": "repeat", "times": times, "do": step }]).to_string();
    let settings = json!({ "script": script }).to_string();
    let began = Instant::now();
    black_box(caisson.call(&TEST_CONNECTION, (settings,)).await?);
    Ok(began.elapsed())
}

/// One step more, in microseconds.
async fn priced(caisson: &Caisson, step: &Value, times: u32) -> anyhow::Result<f64> {
    let (one, many) = (play(caisson, step, 1).await?, play(caisson, step, times).await?);
    Ok(many.saturating_sub(one).as_secs_f64() * 1e6 / f64::from(times - 1))
}

fn at(prices: &mut [f64], percent: usize) -> f64 {
    prices.sort_by(f64::total_cmp);
    prices[(prices.len() * percent / 100).min(prices.len() - 1)]
}

/// Nanoseconds and allocations of one check of a grant.
fn check() -> (f64, u64) {
    const TIMES: u32 = 1_000_000;
    let tables = (0..50).map(|number| (format!("table_{number}"), Key::Granted)).collect();
    let granted = Granted { tables, tasks: Key::Granted, ..Granted::default() };
    let before = ALLOCATIONS.with(Cell::get);
    let began = Instant::now();
    for _ in 0..TIMES {
        assert!(black_box(&granted).table(black_box("table_33")).is_ok());
    }
    let took = began.elapsed();
    (took.as_secs_f64() * 1e9 / f64::from(TIMES), ALLOCATIONS.with(Cell::get) - before)
}

/// The same row as anybody would fetch it.
async fn plain(pool: &sqlx::SqlitePool, times: u32) -> anyhow::Result<f64> {
    let sql = "SELECT name, value FROM mod_product_puppet__notes WHERE name = ? LIMIT 1";
    let began = Instant::now();
    for _ in 0..times {
        let row = sqlx::query(sql).bind("a").fetch_optional(pool).await?;
        let row = row.ok_or_else(|| anyhow::anyhow!("the row is not there"))?;
        black_box((row.try_get::<String, _>("name")?, row.try_get::<i64, _>("value")?));
    }
    Ok(began.elapsed().as_secs_f64() * 1e6 / f64::from(times))
}

async fn server() -> anyhow::Result<std::net::SocketAddr> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let app = axum::Router::new().route("/", axum::routing::get(async || "hello"));
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(address)
}

async fn measure() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let server = server().await?;
    let caisson =
        Caisson::new(puppet::package("puppet", "1.0.0")?.bytes()?, folder.path(), &[server]).await?;
    let url = format!("http://{server}");
    let settings = json!({ "api_base": url, "script": "[]" });
    let Value::Object(settings) = settings else { anyhow::bail!("settings are an object") };
    caisson.registry.save_settings(&caisson.active.key, settings, "bench").await?;
    let caisson = Caisson { active: caisson.registry.active(&caisson.active.key)?, ..caisson };
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.path().join("panel.db"));
    let pool = sqlx::SqlitePool::connect_with(options).await?;
    play(&caisson, &json!({ "op": "db.upsert", "name": "a", "value": 1 }), 1).await?;

    let functions = functions(&url);
    let mut prices = vec![Vec::new(); functions.len()];
    let mut beside = Vec::new();
    for _ in 0..ROUNDS {
        for ((name, step, times), prices) in functions.iter().zip(&mut prices) {
            prices.push(priced(&caisson, step, *times).await?);
            if *name == "database.select" {
                beside.push(plain(&pool, *times).await?);
            }
        }
    }
    println!("{:20} {:>9} {:>9}", "through the sandbox", "p50 us", "p99 us");
    let mut select = f64::NAN;
    for ((name, ..), mut prices) in functions.iter().zip(prices) {
        let (p50, p99) = (at(&mut prices, 50), at(&mut prices, 99));
        println!("{name:20} {p50:>9.1} {p99:>9.1}");
        if *name == "database.select" {
            select = p50;
        }
    }
    let plain = at(&mut beside, 50);
    println!("{:20} {plain:>9.1} {:>9.1}", "the row by sqlx", at(&mut beside, 99));
    let (nanoseconds, allocations) = check();
    println!("a check of a grant takes {nanoseconds:.0} ns and allocates {allocations} times in a million");
    println!("ratio {:.2}", select / plain);
    Ok(())
}

fn main() -> anyhow::Result<()> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?.block_on(measure())
}
