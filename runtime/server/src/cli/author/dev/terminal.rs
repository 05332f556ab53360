//! What a module does, as it does it, for a terminal.

use caisson_sandbox::Watch;
use caisson_storage::calls::Call;
use caisson_storage::module_log::Entry;

use crate::cli::calls::timeline;

/// Prints every call with its log and its host calls.
pub(super) struct Terminal;

impl Watch for Terminal {
    fn recorded(&self, call: &Call, log: &[Entry]) {
        print!("{}", shown(call, log));
    }
}

fn shown(call: &Call, log: &[Entry]) -> String {
    let message = call.message.as_deref().map(|message| format!("  {message}")).unwrap_or_default();
    let ms = call.wall_us as f64 / 1e3;
    let mut text = format!("{:<10} {:<28} {ms:>8.1} ms{message}\n", call.outcome, call.export);
    for line in log {
        let words = [&line.action, &line.request, &line.response].map(|part| part.replace('\n', " "));
        let words = words.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  ");
        text += &format!("  {:<10} {words}\n", line.level);
    }
    text + &timeline(call)
}

#[cfg(test)]
mod tests {
    use caisson_types::{CallId, Timestamp, VersionId};
    use serde_json::json;

    use super::*;

    #[test]
    fn a_call_is_shown_with_its_log_and_its_host_calls() {
        let module: caisson_types::ModuleKey = "product/demo".parse().unwrap();
        let id = CallId::new();
        let call = Call {
            id,
            module: module.clone(),
            version: VersionId::new(),
            export: "product.create".to_owned(),
            at: Timestamp(0),
            outcome: "problem".to_owned(),
            message: Some("503: the provider is away".to_owned()),
            wall_us: 12_340,
            cpu_us: 900,
            memory_bytes: 65_536,
            host_calls: json!([
                { "name": "http.send", "at_us": 100, "took_us": 11_000, "outcome": "error", "detail": "POST https://a.example -> timeout" },
                { "name": "cache.get", "at_us": 11_200, "took_us": 20, "outcome": "ok", "times": 3 },
            ]),
            host_call_count: 5,
            omitted: 1,
            denied: 0,
            bytes_out: 0,
            bytes_in: 0,
            grants: Vec::new(),
            request_id: None,
            task_id: None,
            service_id: None,
        };
        let line = Entry {
            id: uuid::Uuid::nil(),
            module,
            at: Timestamp(0),
            level: "warning".to_owned(),
            action: "create".to_owned(),
            request: "POST /accounts".to_owned(),
            response: "nothing\ncame".to_owned(),
            call_id: Some(id),
            task_id: None,
            service_id: None,
        };
        let expected = concat!(
            "problem    product.create                   12.3 ms  503: the provider is away\n",
            "  warning    create  POST /accounts  nothing came\n",
            "       0.10 ms     11.00 ms  error   http.send  POST https://a.example -> timeout\n",
            "      11.20 ms      0.02 ms  ok      cache.get × 3  \n",
            "  1 more host calls were counted and not kept\n",
        );
        assert_eq!(shown(&call, &[line]), expected);
    }
}
