//! A guest that does what a test tells it, one step at a time.
//!
//! A script is a list of steps, each an object with its `op`; what each gave is the answer. It comes through the settings form's
//! test, or as the payload of a task, so that a test can drive every host function from outside and see what it answered.

use caisson_guest::db::{self, Filter as _};
use caisson_guest::{
    Data, Event, Job, Module, NoFields, Problem, ProductModule, Result, Service, Value, Verdict, events,
    json, services, tasks,
};
use serde::{Deserialize, Serialize};

struct Puppet;

#[derive(Serialize, Deserialize)]
struct Settings {
    #[serde(default)]
    script: String,
}

#[derive(Serialize, Deserialize)]
struct Note {
    name: String,
    value: i64,
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

    fn on_event(event: &Event) -> Result<Verdict> {
        let payload: Value = serde_json::from_str(&event.payload).unwrap_or_default();
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

    fn create_job(_service: &Service) -> Result<()> {
        Ok(())
    }

    fn terminate_job(_service: &Service) -> Result<()> {
        Ok(())
    }
}

fn run_all(script: &str) -> Result<Vec<Value>> {
    let steps: Vec<Value> =
        serde_json::from_str(script).map_err(|error| Problem::internal(error.to_string()))?;
    steps.iter().map(run).collect()
}

fn run(step: &Value) -> Result<Value> {
    let text = |key: &str| step[key].as_str().unwrap_or_default();
    let number = |key: &str| step[key].as_i64().unwrap_or_default();
    Ok(match text("op") {
        "try" => match run(&step["do"]) {
            Ok(answer) => answer,
            Err(problem) => json!({ "code": problem.code, "message": problem.message }),
        },
        "fail" => return Err(Problem::new(422, text("message"))),
        "crash" => panic!("as it was told"),
        "spin" => loop {
            std::hint::spin_loop();
        },
        "all" => {
            Value::from(step["do"].as_array().into_iter().flatten().map(run).collect::<Result<Vec<_>>>()?)
        }
        "transaction" => db::transaction(|| run(&step["do"]))?,
        "db.begin" => host(caisson_guest::host::database::begin())?,
        "db.commit" => host(caisson_guest::host::database::commit())?,
        "db.put" => {
            let note = Note { name: text("name").to_owned(), value: number("value") };
            json!(db::table(table(step)).insert(&note)?)
        }
        "db.upsert" => {
            let note = Note { name: text("name").to_owned(), value: number("value") };
            db::table(table(step)).upsert(&note, &["name"])?;
            Value::Null
        }
        "db.get" => json!(db::table(table(step)).filter("name", text("name")).first::<Note>()?),
        "db.all" => json!(db::table(table(step)).get::<Value>()?),
        "db.names" => json!(db::table(table(step)).order_by("name").pluck::<String>("name")?),
        "db.count" => json!(db::table(table(step)).count()?),
        "db.sum" => json!(db::table(table(step)).sum::<i64>("value")?),
        "db.increment" => {
            json!(db::table(table(step)).filter("name", text("name")).increment("value", number("by"))?)
        }
        "db.delete" => json!(db::table(table(step)).filter_by("name", db::Like, text("name")).delete()?),
        "db.chunk" => {
            let mut sizes = Vec::new();
            db::table(table(step)).chunk("id", 2, |rows: Vec<Value>| {
                sizes.push(rows.len());
                Ok(true)
            })?;
            json!(sizes)
        }
        "db.create" => {
            db::schema::create(text("table"), |table| {
                table.id();
                table.text("name");
                table.big_integer("value").default(0);
            })?;
            Value::Null
        }
        "db.drop" => {
            db::schema::drop(text("table"))?;
            Value::Null
        }
        "db.has" => json!(db::schema::has_table(text("table"))?),
        "events.dispatch" => json!(events::dispatch(text("name"), &step["payload"])?),
        "tasks.add" => {
            let task = tasks::add("script").payload(&step["do"]);
            json!(task.queue()?)
        }
        "tasks.cancel" => {
            tasks::cancel(text("id"))?;
            Value::Null
        }
        "services.get" => json!(services::get(text("id"))?.id),
        "services.list" => {
            json!(services::list(None).map(|one| one.map(|one| one.id)).collect::<Result<Vec<_>>>()?)
        }
        "services.set" => {
            services::set_data(text("id"), &step["data"])?;
            Value::Null
        }
        "http" => {
            json!(caisson_guest::http::Client::new(text("url")).get("").send().map(|answer| answer.status())?)
        }
        other => return Err(Problem::internal(format!("There is no op '{other}'."))),
    })
}

fn host<E: Into<Problem>>(done: std::result::Result<(), E>) -> Result<Value> {
    done.map(|()| Value::Null).map_err(Into::into)
}

fn table(step: &Value) -> &str {
    step["table"].as_str().unwrap_or("notes")
}

caisson_guest::export!(product: Puppet);
