//! What was asked of the module, as scenarios ask for it: `runtime/docs/scenarios.md` lists the exports and their arguments.

use caisson_types::Manifest;
use caisson_types::manifest::Field;
use serde_json::{Map, Value, json};

use super::scenario::{filled, filled_in};

/// An export and its arguments, or why no scenario can ask for it.
pub(super) fn when(export: &str, with: &Value, manifest: &Manifest) -> Result<Value, String> {
    let request = &with["request"];
    let arguments = match export {
        "lifecycle.activate"
        | "lifecycle.deactivate"
        | "settings.page"
        | "product.create"
        | "product.suspend"
        | "product.unsuspend"
        | "product.terminate"
        | "product.usage"
        | "product.single-sign-on"
        | "product.service-page"
        | "payment.checkout"
        | "payment.reconcile" => json!({}),
        "lifecycle.update" => json!({ "from": with["from-version"] }),
        "settings.save" | "settings.test-connection" => {
            json!({ "settings": settings(manifest, &with["data"]) })
        }
        "product.save-product-data" | "product.product-page" | "product.get-product-data" => {
            json!({ "data": filled_in(&manifest.product, &with["data"]) })
        }
        "product.save-service-data" | "product.get-service-data" => {
            json!({ "data": filled_in(&manifest.service, &with["data"]) })
        }
        "product.change-package" => {
            json!({ "product": filled_in(&manifest.product, &with["service"]["product-data"]) })
        }
        "product.run-action" => json!({ "action": with["action"] }),
        "client-area.variables" => json!({ "tab": with["tab"], "query": pairs(&request["query"]) }),
        "client-area.handle" => json!({ "action": with["action"], "form": pairs(&request["form"]) }),
        "client-area.handle-static" => {
            json!({ "action": with["action"], "query": pairs(&request["query"]), "form": pairs(&request["form"]) })
        }
        "admin.handle" => json!({
            "route": with["route"], "method": request["method"].as_str().unwrap_or("get").to_ascii_uppercase(),
            "params": pairs(&request["params"]), "query": pairs(&request["query"]), "form": pairs(&request["form"]),
            "body": body(request)?,
        }),
        "jobs.run" => {
            let job = &with["job"];
            json!({ "method": job["method"], "payload": document(&job["payload"]), "attempt": job["attempt"] })
        }
        "hooks.on-event" => {
            json!({ "name": with["event"]["name"], "payload": document(&with["event"]["payload"]) })
        }
        "payment.webhook" => json!({
            "headers": pairs(&request["headers"]), "form": pairs(&request["form"]), "body": body(request)?,
        }),
        "payment.returned" => {
            json!({ "path": request["path"], "query": pairs(&request["query"]), "form": pairs(&request["form"]) })
        }
        "payment.charge" => json!({ "token": with["token"] }),
        "payment.refund" => json!({ "transaction": with["transaction"], "minor": with["amount"]["minor"] }),
        "notification.callback" => json!({
            "headers": pairs(&request["headers"]), "query": pairs(&request["query"]), "form": pairs(&request["form"]),
            "body": body(request)?,
        }),
        "notification.send" => {
            let message = &with["message"];
            let is_for_client =
                message["audience"].as_str().is_some_and(|who| who.eq_ignore_ascii_case("client"));
            json!({
                "id": message["id"], "to": text(&message["to"]), "phone": message["phone"].as_str(), "subject": text(&message["subject"]), "text": text(&message["text"]),
                "html": message["html"].as_str(), "data": document(&message["data"]), "sender": message["sender"],
                "event": message["event"], "client": is_for_client.then_some(true),
            })
        }
        other => return Err(format!("no scenario can ask for {other}")),
    };
    let mut when = Map::from_iter([("call".to_owned(), json!(export))]);
    let arguments = arguments.as_object().cloned().unwrap_or_default();
    // What was not given is left out, and so are forms nobody filled in.
    let empty = |value: &Value| value.is_null() || value.as_object().is_some_and(Map::is_empty);
    let needed = |name: &str| ["settings", "data", "product"].contains(&name);
    when.extend(arguments.into_iter().filter(|(name, value)| needed(name) || !empty(value)));
    Ok(when.into())
}

/// A document that text may be; parameters have only objects and lists opened.
fn document(value: &Value) -> Value {
    let parsed = value.as_str().and_then(|text| serde_json::from_str(text).ok());
    parsed.unwrap_or_else(|| value.clone())
}

/// Text that reads like a document is text all the same.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The contract's lists of names and values.
fn pairs(list: &Value) -> Map<String, Value> {
    let pair = |pair: &Value| Some((pair["name"].as_str()?.to_owned(), pair["value"].clone()));
    let pairs = list.as_array().into_iter().flatten().filter_map(pair);
    pairs.map(|(name, value)| (name, text(&value).into())).collect()
}

/// A body that is no form; a scenario writes documents only.
fn body(request: &Value) -> Result<Value, String> {
    let (form, body) = (&request["form"], &request["body"]);
    let has_form = form.as_array().is_some_and(|form| !form.is_empty());
    match body {
        Value::Object(body) if !has_form && !body.is_empty() => {
            body.get("json").cloned().ok_or_else(|| "the request's body is no JSON document".to_owned())
        }
        _ => Ok(Value::Null),
    }
}

/// The settings' form as it was typed: a module is only told that a secret is set.
fn settings(manifest: &Manifest, data: &Value) -> Value {
    let mut form = filled_in(&manifest.settings, data);
    for field in manifest.settings.iter().filter(|field| field.secret) {
        match data[&field.key] == true {
            true => form.insert(field.key.clone(), stand_in(field)),
            false => form.remove(&field.key),
        };
    }
    form.into()
}

fn stand_in(field: &Field) -> Value {
    filled(field, &Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        let text = "contract = \"0.1.0\"\n[module]\nname = \"test\"\ntype = \"notification\"\nversion = \"1.0.0\"\n\
                    title = \"Test\"\ndescription = \"Tests.\"\nauthor = \"Test\"\n\
                    [[settings]]\nkey = \"base\"\nlabel = \"Base\"\ntype = \"url\"\n\
                    [[settings]]\nkey = \"key\"\nlabel = \"Key\"\ntype = \"password\"\nsecret = true\n\
                    [[settings]]\nkey = \"other\"\nlabel = \"Other\"\ntype = \"password\"\nsecret = true\n";
        Manifest::parse(text).unwrap()
    }

    fn asked(export: &str, with: &Value) -> Value {
        when(export, with, &manifest()).unwrap()
    }

    #[test]
    fn a_form_is_typed_again_with_stand_ins() {
        let with = json!({ "data": { "base": "https://a.example", "key": true, "other": null, "gone": 1 } });
        let when = asked("settings.save", &with);
        let expected = json!({ "base": "https://a.example", "key": "stand-in-for-a-secret" });
        assert_eq!(when, json!({ "call": "settings.save", "settings": expected }));
        assert_eq!(asked("settings.test-connection", &json!({}))["settings"], json!({}));
    }

    #[test]
    fn requests_are_asked_again_as_forms_or_documents() {
        let named = |name: &str, value: Value| json!([{ "name": name, "value": value }]);
        let request = json!({
            "method": "put", "params": [], "query": named("page", json!("2")), "form": named("note", json!({ "a": 1 })),
            "headers": [], "body": { "text": "note=%7B" },
        });
        let when = asked("admin.handle", &json!({ "route": "list", "request": request }));
        let expected = json!({
            "call": "admin.handle", "route": "list", "method": "PUT", "query": { "page": "2" },
            "form": { "note": "{\"a\":1}" },
        });
        assert_eq!(when, expected);
        let request = json!({ "method": "post", "form": [], "body": { "json": { "a": 1 } } });
        let when = asked("payment.webhook", &json!({ "request": request }));
        assert_eq!(when, json!({ "call": "payment.webhook", "body": { "a": 1 } }));
    }

    #[test]
    fn payloads_are_documents_and_tries_are_counted() {
        let job = json!({ "method": "m", "payload": "5", "attempt": 3, "service": null });
        let expected = json!({ "call": "jobs.run", "method": "m", "payload": 5, "attempt": 3 });
        assert_eq!(asked("jobs.run", &json!({ "job": job })), expected);
    }

    #[test]
    fn what_no_scenario_can_ask_for_is_said() {
        let request = json!({ "method": "post", "form": [], "body": { "base64": "/w==" } });
        for (export, expected) in [
            ("admin.handle", "the request's body is no JSON document"),
            ("product.explode", "no scenario can ask for product.explode"),
        ] {
            let why = when(export, &json!({ "route": "x", "request": request }), &manifest()).unwrap_err();
            assert_eq!(why, expected);
        }
    }
}
