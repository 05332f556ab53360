use serde_json::{Value, json};

use super::{Places, Shop};
use crate::fakes::HostingApi;

pub(super) const MODULE: &str = "product/cloud-service";

/// Cloud servers of a hosting API.
pub struct Cloud {
    pub hosting: HostingApi,
}

impl Cloud {
    pub(super) async fn start() -> anyhow::Result<Self> {
        Ok(Self { hosting: HostingApi::start().await? })
    }

    pub(super) fn places(&self) -> Places {
        vec![self.hosting.address()]
    }

    pub(super) fn settings(&self) -> Value {
        json!({ "api_base": self.hosting.url(), "api_key": self.hosting.key() })
    }

    /// # Errors
    /// Where the panel refuses.
    pub async fn product(
        &self,
        shop: &Shop<'_>,
        plan: &str,
        disk: u32,
        price: u32,
    ) -> anyhow::Result<String> {
        let data = json!({
            "server_location": "eu-central", "plan_type": plan, "disk_space": disk, "bandwidth": disk * 10,
        });
        shop.product(MODULE, &format!("Cloud {plan}"), data, price).await
    }

    /// One that runs, which is given back, one that is suspended and one that waits.
    pub(super) async fn fill(&self, shop: &Shop<'_>, client: &str, other: &str) -> anyhow::Result<String> {
        let basic = self.product(shop, "basic", 10, 500).await?;
        let premium = self.product(shop, "premium", 50, 1900).await?;
        let domain = |domain: &str| json!({ "domain": domain });
        let running = shop.service(client, &basic, &domain("ada.example")).await?;
        shop.verb(&running, "create", "completed", &Value::Null).await?;
        let suspended = shop.service(other, &premium, &domain("grace.example")).await?;
        shop.verb(&suspended, "create", "completed", &Value::Null).await?;
        shop.verb(&suspended, "suspend", "suspended", &Value::Null).await?;
        shop.service(client, &premium, &domain("shop.ada.example")).await?;
        Ok(running)
    }
}
