use caisson_guest::db::{self, Filter as _};
use caisson_guest::{Problem, Result, Value, json};

use super::{Step, unknown};
use crate::Note;

pub(super) fn run(function: &str, one: &Step) -> Result<Value> {
    let name = || one.0["table"].as_str().unwrap_or("notes");
    let table = || db::table(name());
    let note = || Note { name: one.text("name").to_owned(), value: one.number("value") };
    Ok(match function {
        "begin" => host(caisson_guest::host::database::begin())?,
        "commit" => host(caisson_guest::host::database::commit())?,
        "put" => json!(table().insert(&note())?),
        "upsert" => {
            table().upsert(&note(), &["name"])?;
            Value::Null
        }
        "get" => json!(table().filter("name", one.text("name")).first::<Note>()?),
        "all" => json!(table().get::<Value>()?),
        "names" => json!(table().order_by("name").pluck::<String>("name")?),
        "count" => json!(table().count()?),
        "sum" => json!(table().sum::<i64>("value")?),
        "increment" => json!(table().filter("name", one.text("name")).increment("value", one.number("by"))?),
        "delete" => json!(table().filter_by("name", db::Like, one.text("name")).delete()?),
        "chunk" => {
            let mut sizes = Vec::new();
            table().chunk("id", 2, |rows: Vec<Value>| {
                sizes.push(rows.len());
                Ok(true)
            })?;
            json!(sizes)
        }
        "create" => {
            db::schema::create(name(), |table| {
                table.id();
                table.text("name");
                table.big_integer("value").default(0);
            })?;
            Value::Null
        }
        "add" => {
            db::schema::alter(name(), |table| {
                table.integer(one.text("column")).nullable();
            })?;
            Value::Null
        }
        "lose" => {
            db::schema::alter(name(), |table| {
                table.drop_column(one.text("column"));
            })?;
            Value::Null
        }
        "drop" => {
            db::schema::drop(name())?;
            Value::Null
        }
        "has" => json!(db::schema::has_table(name())?),
        other => return Err(unknown(other)),
    })
}

fn host<E: Into<Problem>>(done: std::result::Result<(), E>) -> Result<Value> {
    done.map(|()| Value::Null).map_err(Into::into)
}
