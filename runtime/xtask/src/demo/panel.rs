//! The demo's panel: providers, administrator, modules, and what makes the pages worth looking at.

use std::fmt::Write as _;
use std::time::Duration;

use anyhow::Context as _;
use caisson_tests::fakes::HostingApi;
use caisson_tests::support::{Admin, Api, Panel, Pdns, modules, pdns_installed, until};
use serde_json::{Value, json};

pub(super) const CLOUD: &str = "product/cloud-service";
const DNS: &str = "product/powerdns";

const ADMIN: (&str, &str) = ("admin@example.com", "administrator-demo");
const CLIENT: (&str, &str) = ("client@example.com", "client-demo-password");

/// What the demo's zone answers.
const RECORDS: [(&str, &str, &str); 4] = [
    ("@", "A", "192.0.2.10"),
    ("@", "MX", "10 mail.ada.example"),
    ("www", "CNAME", "ada.example"),
    ("@", "TXT", "v=spf1 mx -all"),
];

/// How long one verb may take.
const VERB_WITHIN: Duration = Duration::from_secs(60);

/// A panel and the providers its modules call.
pub(super) struct Demo {
    pub(super) panel: Panel,
    pub(super) admin: Admin,
    pub(super) hosting: HostingApi,
    /// Where the package is installed and its module is there.
    dns: Option<Pdns>,
}

/// A product of the demo's catalogue.
pub(super) struct Product {
    pub(super) id: String,
}

impl Demo {
    /// Starts the providers and the panel, installs the modules with all they ask for and points them at the providers.
    pub(super) async fn start(port: Option<u16>) -> anyhow::Result<Self> {
        let hosting = HostingApi::start().await?;
        let wants_dns = pdns_installed() && modules::keys()?.iter().any(|key| key == DNS);
        let dns = if wants_dns { Some(Pdns::start()?) } else { None };

        let mut builder = Panel::builder().port(port).allow_private(hosting.address());
        if let Some(dns) = &dns {
            builder = builder.allow_private(dns.api_address());
        }
        let panel = builder.start().await?;
        let admin = panel.create_admin(ADMIN.0, ADMIN.1).await?;
        let settings = json!({ "api_base": hosting.url(), "api_key": hosting.key() });
        install(&admin.api, CLOUD, &settings).await?;
        if let Some(dns) = &dns {
            let settings = json!({
                "api_base": dns.api_url(), "api_key": dns.key(), "server_id": "localhost",
                "nameservers": ["ns1.example.net", "ns2.example.net"], "hostmaster": "hostmaster@example.net",
            });
            install(&admin.api, DNS, &settings).await?;
        }
        Ok(Self { panel, admin, hosting, dns })
    }

    /// A catalogue, a client, and services in several states.
    pub(super) async fn add_data(&self) -> anyhow::Result<()> {
        let basic = self.cloud_product("Cloud Basic", "basic", 10, 500).await?;
        let premium = self.cloud_product("Cloud Premium", "premium", 50, 1900).await?;
        let client = self.client("Ada Example", CLIENT.0, CLIENT.1).await?;
        let other = self.client("Grace Sample", "grace@example.com", "grace-demo-password").await?;

        let domain = |domain: &str| json!({ "domain": domain });
        let running = self.service(&client, &basic, &domain("ada.example")).await?;
        self.verb(&running, "create", "completed", &Value::Null).await?;
        let suspended = self.service(&other, &premium, &domain("grace.example")).await?;
        self.verb(&suspended, "create", "completed", &Value::Null).await?;
        self.verb(&suspended, "suspend", "suspended", &Value::Null).await?;
        self.service(&client, &premium, &domain("shop.ada.example")).await?;
        if self.dns.is_some() {
            let zone = self.dns_product().await?;
            let zone = self.service(&client, &zone, &json!({ "zone": "ada.example" })).await?;
            self.verb(&zone, "create", "completed", &Value::Null).await?;
            for (name, kind, content) in RECORDS {
                let record = json!({ "name": name, "type": kind, "ttl": "3600", "content": content });
                let path = format!("/services/{zone}/client-actions/add-record");
                self.admin.api.post(&path, &record).await?.ok()?;
            }
        }
        Ok(())
    }

    /// Adds a product of the cloud module.
    pub(super) async fn cloud_product(
        &self,
        name: &str,
        plan: &str,
        disk: u32,
        price_minor: u32,
    ) -> anyhow::Result<Product> {
        let data = json!({
            "server_location": "eu-central", "plan_type": plan, "disk_space": disk, "bandwidth": disk * 10,
        });
        self.product(name, CLOUD, data, price_minor).await
    }

    async fn dns_product(&self) -> anyhow::Result<Product> {
        self.product("DNS zone", DNS, json!({ "max_records": 100, "ttl": 3600 }), 100).await
    }

    async fn product(
        &self,
        name: &str,
        module: &str,
        data: Value,
        price_minor: u32,
    ) -> anyhow::Result<Product> {
        let body = json!({
            "name": name,
            "slug": name.to_lowercase().replace(' ', "-"),
            "module": module,
            "module_data": data,
            "price_minor": price_minor,
            "currency": "EUR",
        });
        Ok(Product { id: id(self.admin.api.post("/products", &body).await?.expect(201)?)? })
    }

    pub(super) async fn client(&self, name: &str, email: &str, password: &str) -> anyhow::Result<String> {
        let body = json!({
            "name": name, "email": email, "password": password, "currency": "EUR", "locale": "en",
        });
        id(self.admin.api.post("/clients", &body).await?.expect(201)?)
    }

    /// Orders a service; nothing is asked of the provider yet.
    pub(super) async fn service(
        &self,
        client: &str,
        product: &Product,
        data: &Value,
    ) -> anyhow::Result<String> {
        let body = json!({ "client_id": client, "product_id": product.id, "data": data });
        id(self.admin.api.post("/services", &body).await?.expect(201)?)
    }

    /// Asks for a verb and waits until the service says that it is done; a failure shows the cause it gives.
    pub(super) async fn verb(
        &self,
        service: &str,
        verb: &str,
        wanted: &str,
        body: &Value,
    ) -> anyhow::Result<()> {
        let api = &self.admin.api;
        api.post(&format!("/services/{service}/{verb}"), body).await?.ok()?;
        let path = format!("/services/{service}");
        let what = format!("{verb} to end");
        let end = until(VERB_WITHIN, &what, async || {
            let shown = api.get(&path).await.and_then(|reply| reply.expect(200));
            match shown {
                Ok(shown) if shown["provision_status"] == "processing" => None,
                other => Some(other),
            }
        });
        let shown = end.await??;
        anyhow::ensure!(
            shown["provision_status"] == wanted,
            "{verb} ended as {} instead of {wanted}: {}",
            shown["provision_status"],
            shown["status_message"]
        );
        Ok(())
    }

    /// Where everything is and who may sign in.
    pub(super) fn describe(&self) -> String {
        let mut text = String::new();
        let mut line = |name: &str, value: &str| {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{name:14} {value}");
        };
        line("Panel", &self.panel.url());
        line("Administrator", &format!("{}  {}", ADMIN.0, ADMIN.1));
        line("Client", &format!("{}  {}", CLIENT.0, CLIENT.1));
        line("API", &format!("{}/api/openapi.json", self.panel.url()));
        line("API token", self.admin.api.token());
        line("Hosting API", &format!("{}  {}", self.hosting.url(), self.hosting.key()));
        if let Some(dns) = &self.dns {
            line("PowerDNS", &format!("{}  {}  DNS on {}", dns.api_url(), dns.key(), dns.dns_address()));
        }
        text
    }
}

/// Installs a package, grants all it asks for, activates it, gives it its settings and tries the connection.
async fn install(api: &Api, key: &str, settings: &Value) -> anyhow::Result<()> {
    let package = modules::package(key)?;
    api.upload("/modules", "package", &package).await?.ok()?;
    let module = format!("/modules/{key}");
    let shown = api.get(&module).await?.expect(200)?;
    let requests = shown["requests"].as_array().context("the module page lists no requests")?;
    let grants: Vec<&Value> = requests.iter().map(|request| &request["id"]).collect();
    api.put(&format!("{module}/grants"), &json!({ "grants": grants })).await?.ok()?;
    api.post(&format!("{module}/activate"), &Value::Null).await?.ok()?;
    api.put(&format!("{module}/settings"), settings).await?.ok()?;
    api.post(&format!("{module}/test-connection"), settings).await?.ok()?;
    Ok(())
}

fn id(created: Value) -> anyhow::Result<String> {
    let id = created["id"].as_str().map(str::to_owned);
    id.with_context(|| format!("what was created has no id: {created}"))
}
