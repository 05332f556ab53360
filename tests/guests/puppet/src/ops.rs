//! What a step can be told to do: `op` is the interface and the function, `try` and `all` put steps together.

mod db;

use std::time::Duration;

use caisson_guest::crypto::Algorithm;
use caisson_guest::mail::{Mail, Server};
use caisson_guest::{
    Problem, Result, Value, cache, config, crypto, events, host, http, json, log, notifications, probe,
    services, tasks, validation,
};

/// The parameters of a step.
pub(crate) struct Step<'a>(pub(crate) &'a Value);

impl Step<'_> {
    pub(crate) fn text(&self, key: &str) -> &str {
        self.0[key].as_str().unwrap_or_default()
    }

    pub(crate) fn number(&self, key: &str) -> i64 {
        self.0[key].as_i64().unwrap_or_default()
    }

    fn small(&self, key: &str) -> u32 {
        u32::try_from(self.number(key)).unwrap_or_default()
    }

    fn port(&self) -> u16 {
        u16::try_from(self.number("port")).unwrap_or_default()
    }

    fn texts(&self, key: &str) -> Vec<&str> {
        self.0[key].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// Bytes come as hexadecimal text.
    fn bytes(&self, key: &str) -> Result<Vec<u8>> {
        let text = self.text(key);
        let pairs = text
            .as_bytes()
            .chunks(2)
            .map(|pair| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok()));
        pairs.collect::<Option<_>>().ok_or_else(|| Problem::internal(format!("'{text}' is not hexadecimal")))
    }
}

pub(crate) fn run(step: &Value) -> Result<Value> {
    let one = Step(step);
    let op = one.text("op");
    match op.split_once('.') {
        None => whole(op, &one),
        Some(("db", function)) => db::run(function, &one),
        Some((interface, function)) => {
            let done = match interface {
                "log" => logged(function, &one),
                "config" => configured(function, &one),
                "http" => requested(function, &one),
                "tasks" => tasked(function, &one),
                "cache" => cached(function, &one),
                "crypto" => sealed(function, &one),
                "events" => published(function, &one),
                "services" => served(function, &one),
                "mail" => mailed(function, &one),
                "i18n" => worded(function, &one),
                "validation" => validated(function, &one),
                "probe" => probed(function, &one),
                "notify" => notified(function, &one),
                _ => None,
            };
            done.unwrap_or_else(|| Err(unknown(op)))
        }
    }
}

/// The answer of one function, or none where the interface has no such function.
type Done = Option<Result<Value>>;

pub(crate) fn unknown(op: &str) -> Problem {
    Problem::internal(format!("There is no op '{op}'."))
}

/// Steps of no interface: what holds others, and ways to end.
fn whole(op: &str, one: &Step) -> Result<Value> {
    let steps = || one.0["do"].as_array().into_iter().flatten();
    match op {
        "try" => Ok(match run(&one.0["do"]) {
            Ok(answer) => answer,
            Err(problem) => json!({ "code": problem.code, "message": problem.message }),
        }),
        "all" => Ok(Value::from(steps().map(run).collect::<Result<Vec<_>>>()?)),
        "repeat" => {
            for _ in 0..one.number("times") {
                run(&one.0["do"])?;
            }
            Ok(Value::Null)
        }
        "transaction" => caisson_guest::db::transaction(|| run(&one.0["do"])),
        "fail" => Err(Problem::new(422, one.text("message"))),
        "crash" => panic!("as it was told"),
        "spin" => loop {
            std::hint::spin_loop();
        },
        _ => Err(unknown(op)),
    }
}

fn logged(function: &str, one: &Step) -> Done {
    Some(match function {
        "info" => {
            log::info(one.text("action"), &one.0["request"], &one.0["response"]);
            Ok(Value::Null)
        }
        _ => return None,
    })
}

fn configured(function: &str, one: &Step) -> Done {
    let key = one.text("key");
    Some(match function {
        "get" => config::get::<Value>(key).map(|value| json!(value)),
        "has" => Ok(json!(config::has(key))),
        _ => return None,
    })
}

fn requested(function: &str, one: &Step) -> Done {
    Some(match function {
        "get" => {
            let client = http::Client::new(one.text("url"));
            let client = match one.text("secret") {
                "" => client,
                secret => client.bearer_setting(secret),
            };
            let sent = client.get("").send();
            sent.map(|answer| json!({ "status": answer.status(), "body": answer.text() }))
        }
        _ => return None,
    })
}

fn tasked(function: &str, one: &Step) -> Done {
    Some(match function {
        "add" => {
            let task = tasks::add("script").payload(&one.0["do"]);
            let task = match one.text("unique") {
                "" => task,
                key => task.unique(key),
            };
            let delayed = task.delay(one.small("delay"));
            delayed.queue().map(Value::from)
        }
        "cancel" => tasks::cancel(one.text("id")).map(|()| Value::Null),
        "schedule" => {
            tasks::schedule(one.text("name"), one.text("cron"), "script", &one.0["do"]).map(|()| Value::Null)
        }
        "unschedule" => tasks::unschedule(one.text("name")).map(|()| Value::Null),
        _ => return None,
    })
}

fn cached(function: &str, one: &Step) -> Done {
    let key = one.text("key");
    Some(match function {
        "get" => cache::get::<Value>(key).map(|value| json!(value)),
        "set" => cache::set(key, &one.0["value"], 600, &one.texts("tags")).map(|()| Value::Null),
        "add" => cache::add(key, &one.0["value"], 600).map(Value::from),
        "increment" => cache::increment(key, one.number("by"), 600).map(Value::from),
        "forget" => cache::forget(key).map(|()| Value::Null),
        "flush" => cache::flush(one.text("tag")).map(|()| Value::Null),
        _ => return None,
    })
}

fn sealed(function: &str, one: &Step) -> Done {
    Some(match function {
        "encrypt" => crypto::encrypt(one.text("text").as_bytes()).map(|bytes| hexadecimal(&bytes)),
        "decrypt" => one
            .bytes("sealed")
            .and_then(|bytes| crypto::decrypt(&bytes))
            .map(|plain| String::from_utf8_lossy(&plain).into()),
        "hmac" => crypto::hmac(Algorithm::Sha256, one.text("secret"), one.text("text").as_bytes())
            .map(|bytes| hexadecimal(&bytes)),
        "digest" => {
            crypto::digest(Algorithm::Sha256, one.text("text").as_bytes()).map(|bytes| hexadecimal(&bytes))
        }
        "equal" => Ok(json!(crypto::equal(one.text("a").as_bytes(), one.text("b").as_bytes()))),
        "random" => crypto::random(one.small("length")).map(|bytes| hexadecimal(&bytes)),
        "password" => crypto::password(one.small("length")).map(Value::from),
        "uuid" => Ok(crypto::uuid().into()),
        _ => return None,
    })
}

fn hexadecimal(bytes: &[u8]) -> Value {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into()
}

fn published(function: &str, one: &Step) -> Done {
    Some(match function {
        "dispatch" => events::dispatch(one.text("name"), &one.0["payload"]).map(Value::from),
        _ => return None,
    })
}

fn served(function: &str, one: &Step) -> Done {
    let id = one.text("id");
    Some(match function {
        "get" => services::get(id).map(|service| service.id.into()),
        "list" => services::list(None).map(|one| one.map(|one| Value::from(one.id))).collect(),
        "set" => services::set_data(id, &one.0["data"]).map(|()| Value::Null),
        "status" => services::set_status(id, caisson_guest::ProvisionStatus::Completed).map(|()| Value::Null),
        _ => return None,
    })
}

fn mailed(function: &str, one: &Step) -> Done {
    Some(match function {
        "send" => {
            let server = Server::plain(one.text("host")).port(one.port());
            let server = match one.text("secret") {
                "" => server,
                secret => server.login("user", secret),
            };
            let mail = Mail::new("panel@example.com").subject(one.text("subject")).text(one.text("text"));
            mail.to(one.text("to")).send(&server).map(Value::from)
        }
        _ => return None,
    })
}

fn worded(function: &str, one: &Step) -> Done {
    Some(match function {
        "translate" => {
            let locale = one.0["locale"].as_str();
            Ok(host::i18n::translate(one.text("key"), &one.0["arguments"].to_string(), locale).into())
        }
        _ => return None,
    })
}

fn validated(function: &str, one: &Step) -> Done {
    Some(match function {
        "validate" => {
            let rules = one.0["rules"].as_object().into_iter().flatten();
            let rules: Vec<_> =
                rules.map(|(field, rules)| (field.as_str(), rules.as_str().unwrap_or_default())).collect();
            match validation::validate::<Value>(&one.0["data"], &rules) {
                Ok(checked) => Ok(checked),
                Err(problem) if problem.code == 422 => {
                    let errors = problem.errors.iter().map(|error| json!([error.field, error.message]));
                    Ok(json!({ "rejected": errors.collect::<Vec<_>>() }))
                }
                Err(problem) => Err(problem),
            }
        }
        _ => return None,
    })
}

fn notified(function: &str, one: &Step) -> Done {
    let (event, data) = (one.text("event"), &one.0["data"]);
    let told = match function {
        "client" => notifications::to_client(one.text("id"), event, data),
        "staff" => notifications::to_staff(one.text("permission"), event, data),
        _ => return None,
    };
    Some(told.map(|()| Value::Null))
}

fn probed(function: &str, one: &Step) -> Done {
    let (host, second) = (one.text("host"), Duration::from_secs(5));
    Some(match function {
        "connect" => probe::connect(host, one.port(), second).map(|_| json!("connected")),
        "certificate" => probe::certificate_days(host, one.port(), second).map(Value::from),
        _ => return None,
    })
}
