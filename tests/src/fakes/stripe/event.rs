//! Events, and how they are signed and sent.

use serde_json::{Value, json};

use crate::support::client;
use crate::support::signed;

/// The signing secret of the endpoint.
pub const WEBHOOK_SECRET: &str = "whsec_of-the-stand-in";

pub(super) fn about(kind: &str, object: Value) -> Value {
    json!({
        "id": format!("evt_{}", uuid::Uuid::new_v4().simple()), "object": "event", "api_version": "2024-06-20",
        "livemode": false, "type": kind, "data": { "object": object },
    })
}

/// `Stripe-Signature` of a body that is sent at a time.
pub(super) fn sign(secret: &str, at: u64, body: &str) -> String {
    let signature = signed::sign(secret, &[at.to_string().as_bytes(), b".", body.as_bytes()]);
    format!("t={at},v1={},v1={signature}", "0".repeat(64))
}

pub(super) async fn deliver(to: &str, body: &str, signature: &str) -> anyhow::Result<(u16, String)> {
    let request = client()?.post(to).header("stripe-signature", signature).body(body.to_owned());
    let response = request.header("content-type", "application/json; charset=utf-8").send().await?;
    Ok((response.status().as_u16(), response.text().await?))
}
