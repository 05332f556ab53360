use serde_json::{Value, json};

use super::{Places, Shop};
use crate::fakes::ProxmoxWp;

pub(super) const MODULE: &str = "product/proxmox-wp";

/// WordPress sites of a backend on Proxmox.
pub struct Wordpress {
    pub backend: ProxmoxWp,
}

impl Wordpress {
    pub(super) async fn start() -> anyhow::Result<Self> {
        Ok(Self { backend: ProxmoxWp::start().await? })
    }

    pub(super) fn places(&self) -> Places {
        vec![self.backend.address()]
    }

    pub(super) fn settings(&self) -> Value {
        json!({ "api_base": self.backend.url(), "api_key": self.backend.key(), "public_ip": "203.0.113.10" })
    }

    /// One that runs, with a domain and a backup, which is given back; and one that could not be made.
    pub(super) async fn fill(&self, shop: &Shop<'_>, client: &str, other: &str) -> anyhow::Result<String> {
        let plan = json!({ "plan": "basic" });
        let product = shop.product(MODULE, "WordPress basic", plan, 900).await?;
        let site = shop.service(client, &product, &json!({})).await?;
        shop.verb(&site, "create", "completed", &Value::Null).await?;
        for (action, form) in
            [("add-domain", json!({ "domain": "blog.ada.example" })), ("make-backup", json!({}))]
        {
            shop.api.post(&format!("/services/{site}/client-actions/{action}"), &form).await?.ok()?;
        }
        self.backend.break_next("no space left on the storage");
        let failed = shop.service(other, &product, &json!({})).await?;
        shop.verb(&failed, "create", "failed", &Value::Null).await?;
        Ok(site)
    }
}
