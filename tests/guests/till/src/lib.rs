//! A payment module that records what a test tells it to: through the settings form's test, or in the body of a callback.
//!
//! Every callback that enters leaves a row, so that a test can count how often the module was asked.

use caisson_guest::payments::{self, Outcome};
use caisson_guest::{
    Gateway, Invoice, Module, Money, PaymentModule, Problem, Request, Response, Result, Value, Verification,
    View, db, json,
};
use serde::{Deserialize, Serialize};

struct Till;

#[derive(Serialize, Deserialize)]
struct Settings {
    #[serde(default)]
    script: String,
    #[serde(default)]
    merchant: String,
}

#[derive(Serialize)]
struct Entered {
    verification: String,
}

impl Module for Till {
    type Settings = Settings;

    fn activate() -> Result<()> {
        db::schema::create("entered", |table| {
            table.id();
            table.text("verification");
        })
    }

    fn test_connection(settings: &Settings) -> Result<String> {
        let steps: Vec<Value> =
            serde_json::from_str(&settings.script).map_err(|error| Problem::internal(error.to_string()))?;
        Ok(Value::from(run_all(&steps)?).to_string())
    }
}

/// What a callback asks for.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Told {
    steps: Vec<Value>,
    /// Of the answer; 0 is 200.
    status: u16,
    /// `html` tries to show a page, `redirect` to send whoever looks elsewhere.
    answer: String,
}

impl PaymentModule for Till {
    fn checkout(_gateway: &Gateway, invoice: &Invoice) -> Result<View> {
        View::new("checkout", &json!({ "number": invoice.number }))
    }

    fn webhook(gateway: &Gateway, request: &Request, verification: &Verification) -> Result<Response> {
        let verification = match verification {
            Verification::Verified => "verified".to_owned(),
            Verification::Failed(reason) => format!("failed: {reason}"),
            Verification::Undeclared => "undeclared".to_owned(),
        };
        db::table("entered").insert(&Entered { verification: verification.clone() })?;
        let told: Told = if request.body.is_empty() { Told::default() } else { request.json()? };
        let answers = run_all(&told.steps)?;
        let response = match told.answer.as_str() {
            "html" => Response::blob("text/html", b"<script>alert(1)</script>".to_vec()),
            "redirect" => Response::redirect("https://example.com/"),
            _ => Response::json(&json!({
                "answers": answers,
                "verification": verification,
                "gateway": {
                    "id": gateway.id,
                    "settings": gateway.settings::<Value>()?,
                    "webhook_url": gateway.webhook_url,
                },
                "headers": request.headers.iter().map(|header| header.name.as_str()).collect::<Vec<_>>(),
                "query": request.query("token"),
            }))?,
        };
        let response = response
            .with_header("set-cookie", "planted=1")
            .with_header("x-correlation-id", "till-1")
            .with_header("x-request-id", "till-2");
        let redirects = told.answer == "redirect";
        Ok(if redirects {
            response
        } else {
            response.with_status(if told.status == 0 { 200 } else { told.status })
        })
    }

    fn returned(_gateway: &Gateway, _request: &Request) -> Result<Response> {
        Ok(Response::empty())
    }
}

fn run_all(steps: &[Value]) -> Result<Vec<Value>> {
    steps.iter().map(run).collect()
}

fn run(step: &Value) -> Result<Value> {
    let text = |key: &str| step[key].as_str().unwrap_or_default();
    let money = || Money::new(step["minor"].as_i64().unwrap_or_default(), text("currency"));
    Ok(match text("op") {
        "try" => match run(&step["do"]) {
            Ok(answer) => answer,
            Err(problem) => json!({ "code": problem.code, "message": problem.message }),
        },
        "invoice" => {
            let invoice = payments::invoice(text("invoice"))?;
            json!({
                "number": invoice.number,
                "status": format!("{:?}", invoice.status),
                "total": invoice.total.minor,
                "due": invoice.due.minor,
                "email": invoice.client.email,
            })
        }
        "pay" => {
            let paid =
                payments::paid(text("invoice"), text("transaction"), money()).details(&step["details"]);
            let fee = step["fee"].as_i64().map(|minor| Money::new(minor, text("currency")));
            outcome(fee.into_iter().fold(paid, payments::Payment::fee).record()?)
        }
        "fail" => outcome(payments::failed(text("invoice"), text("transaction"), text("reason"))?),
        "refund" => outcome(payments::refunded(text("transaction"), text("refund"), &money())?),
        "transaction" => db::transaction(|| run(&step["do"]))?,
        "all" => Value::from(run_all(step["do"].as_array().map_or(&[][..], Vec::as_slice))?),
        "entered" => json!(db::table("entered").count()?),
        "crash" => panic!("as it was told"),
        "problem" => return Err(Problem::new(503, text("message"))),
        other => return Err(Problem::internal(format!("There is no op '{other}'."))),
    })
}

fn outcome(outcome: Outcome) -> Value {
    Value::from(match outcome {
        Outcome::Recorded => "recorded",
        Outcome::AlreadyRecorded => "already-recorded",
    })
}

caisson_guest::export!(payment: Till);
