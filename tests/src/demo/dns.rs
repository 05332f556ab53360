use serde_json::{Value, json};

use super::{Places, Shop};
use crate::support::{Pdns, pdns_installed};

pub(super) const MODULE: &str = "product/powerdns";

/// What the demo's zone answers.
const RECORDS: [(&str, &str, &str); 4] = [
    ("@", "A", "192.0.2.10"),
    ("@", "MX", "10 mail.ada.example"),
    ("www", "CNAME", "ada.example"),
    ("@", "TXT", "v=spf1 mx -all"),
];

/// Zones of a PowerDNS.
pub struct Dns {
    pdns: Pdns,
}

impl Dns {
    pub(super) fn start() -> anyhow::Result<Option<Self>> {
        if pdns_installed() { Ok(Some(Self { pdns: Pdns::start()? })) } else { Ok(None) }
    }

    pub(super) fn places(&self) -> Places {
        vec![self.pdns.api_address()]
    }

    pub(super) fn settings(&self) -> Value {
        json!({
            "api_base": self.pdns.api_url(), "api_key": self.pdns.key(), "server_id": "localhost",
            "nameservers": ["ns1.example.net", "ns2.example.net"], "hostmaster": "hostmaster@example.net",
        })
    }

    /// A zone with records.
    pub(super) async fn fill(&self, shop: &Shop<'_>, client: &str) -> anyhow::Result<String> {
        let product =
            shop.product(MODULE, "DNS zone", json!({ "max_records": 100, "ttl": 3600 }), 100).await?;
        let zone = shop.service(client, &product, &json!({ "zone": "ada.example" })).await?;
        shop.verb(&zone, "create", "completed", &Value::Null).await?;
        for (name, kind, content) in RECORDS {
            let record = json!({ "name": name, "type": kind, "ttl": "3600", "content": content });
            shop.api.post(&format!("/services/{zone}/client-actions/add-record"), &record).await?.ok()?;
        }
        Ok(zone)
    }

    pub(super) fn describe(&self) -> String {
        let pdns = &self.pdns;
        format!("{}  {}  DNS on {}", pdns.api_url(), pdns.key(), pdns.dns_address())
    }
}
