//! `--once`: one service through every verb, over HTTP, with a look at the provider after each.

use std::time::Instant;

use anyhow::ensure;
use caisson_tests::demo::{CLIENT, Demo};
use caisson_tests::fakes::Account;
use serde_json::{Value, json};

use crate::steps::seconds;

/// A verb, the status it ends in, and what the provider must have then.
struct Step {
    verb: &'static str,
    status: &'static str,
    /// Whether the accounts at the provider are as they should be.
    provider: fn(&[Account]) -> bool,
}

const STEPS: [Step; 5] = [
    Step {
        verb: "create",
        status: "completed",
        provider: |all| matches!(all, [one] if one.status == "active" && one.plan == "basic" && one.disk_gb == 10),
    },
    Step {
        verb: "suspend",
        status: "suspended",
        provider: |all| matches!(all, [one] if one.status == "suspended"),
    },
    Step {
        verb: "unsuspend",
        status: "completed",
        provider: |all| matches!(all, [one] if one.status == "active"),
    },
    Step {
        verb: "change-package",
        status: "completed",
        provider: |all| matches!(all, [one] if one.plan == "premium" && one.disk_gb == 50),
    },
    Step { verb: "terminate", status: "terminated", provider: <[Account]>::is_empty },
];

pub(super) async fn drive(demo: &Demo) -> anyhow::Result<()> {
    let (shop, hosting) = (demo.shop(), &demo.cloud.hosting);
    let basic = demo.cloud.product(&shop, "basic", 10, 500).await?;
    let premium = demo.cloud.product(&shop, "premium", 50, 1900).await?;
    let client = shop.client("Ada Example", CLIENT.0, CLIENT.1).await?;
    let service = shop.service(&client, &basic, &json!({ "domain": "ada.example" })).await?;
    println!("service {service} at {}, provider at {}", demo.panel.url(), hosting.url());
    for step in &STEPS {
        let start = Instant::now();
        shop.verb(&service, step.verb, step.status, &body(step.verb, &premium)).await?;
        let time = seconds(start.elapsed());
        let accounts = hosting.accounts();
        ensure!((step.provider)(&accounts), "{}: the provider has {accounts:?}", step.verb);
        println!("{:15} {:11} {time:>8}", step.verb, step.status);
    }
    println!("every verb was done by the sandboxed module, with {} requests", hosting.requests().len());
    Ok(())
}

fn body(verb: &str, premium: &str) -> Value {
    if verb == "change-package" { json!({ "product_id": premium }) } else { Value::Null }
}
