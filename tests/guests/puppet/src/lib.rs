//! A guest that does what a test tells it, one step at a time.
//!
//! A script is a list of steps, each an object with its `op`; what each gave is the answer. It comes through the settings form's
//! test, or as the payload of a task, so that a test can drive every host function from outside and see what it answered.

mod ops;

use caisson_guest::db::{self, Filter as _};
use caisson_guest::{
    Data, Event, Job, Module, NoFields, Problem, ProductModule, Request, Response, Result, Service, Value,
    Verdict, View, cache, config, events, json,
};
use serde::{Deserialize, Serialize};

struct Puppet;

#[derive(Serialize, Deserialize)]
struct Settings {
    #[serde(default)]
    script: String,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Note {
    pub(crate) name: String,
    pub(crate) value: i64,
}

impl Module for Puppet {
    type Settings = Settings;

    fn activate() -> Result<()> {
        db::schema::create("notes", |table| {
            table.id();
            table.varchar("name", 50).unique();
            table.big_integer("value").default(0);
            table.timestamps();
        })?;
        db::schema::create("heard", |table| {
            table.uuid("event");
            table.text("name");
            table.json("payload");
            table.primary(["event"]);
        })
    }

    fn update(from_version: &str) -> Result<()> {
        // A test packs its own script into a version's manifest.
        if let Some(script) = config::get::<String>("update")? {
            run_all(&script)?;
            return Ok(());
        }
        db::schema::alter("notes", |table| {
            table.integer("since").nullable();
        })?;
        db::table("notes").insert(&Note { name: format!("from {from_version}"), value: 0 })?;
        // Breaks what was just promised: nothing of it may be left.
        db::table("notes").insert(&Note { name: format!("from {from_version}"), value: 1 })?;
        Ok(())
    }

    fn test_connection(settings: &Settings) -> Result<String> {
        Ok(Value::from(run_all(&settings.script)?).to_string())
    }

    fn job(job: &Job) -> Result<Data> {
        Data::new(&json!({ "answers": run_all(&job.payload)? }))
    }

    fn admin(route: &str, _request: &Request) -> Result<Response> {
        if let Some(script) = config::get::<String>("page")? {
            return Ok(Response::json(&run_all(&script)?)?);
        }
        let data = if route == "payloads" { payloads()? } else { json!({ "given": { "number": 7 } }) };
        Ok(Response::view(View::new(route, &data)?))
    }

    fn on_event(event: &Event) -> Result<Verdict> {
        let payload: Value = serde_json::from_str(&event.payload).unwrap_or_default();
        // A note of the name makes it say no.
        let veto = format!("veto {}", event.name);
        if db::table("notes").filter("name", veto.as_str()).exists()? {
            return Ok(Verdict::Veto(format!("The puppet keeps a note '{veto}'.")));
        }
        if payload["fail"] == true {
            return Err(Problem::new(503, "It does not want to hear of it."));
        }
        let heard = json!({ "event": event.id, "name": event.name, "payload": event.payload });
        db::table("heard").insert_or_ignore(&heard, &["event"])?;
        if payload["echo"] == true {
            events::dispatch("echoed", &payload)?;
        }
        Ok(Verdict::Proceed)
    }
}

impl ProductModule for Puppet {
    type ProductData = NoFields;
    type ServiceData = NoFields;

    fn tab(_tab: &str, _service: &Service, _request: &Request) -> Result<Data> {
        if let Some(script) = config::get::<String>("page")? {
            return Data::new(&json!({ "payloads": run_all(&script)? }));
        }
        Data::new(&payloads()?)
    }

    fn create_job(_service: &Service) -> Result<()> {
        Ok(())
    }

    fn terminate_job(_service: &Service) -> Result<()> {
        Ok(())
    }
}

/// What a script put into the cache for a page to show.
fn payloads() -> Result<Value> {
    Ok(json!({ "payloads": cache::get::<Value>("payloads")?.unwrap_or_else(|| json!([])) }))
}

fn run_all(script: &str) -> Result<Vec<Value>> {
    let steps: Vec<Value> =
        serde_json::from_str(script).map_err(|error| Problem::internal(error.to_string()))?;
    steps.iter().map(ops::run).collect()
}

caisson_guest::export!(product: Puppet);
