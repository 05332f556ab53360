//! A panel worth looking at: every module of the repository active against its provider's stand-in, with clients, services in
//! several statuses, invoices and a week of monitoring. The demo serves it, benches measure it, and pictures are taken of it.

mod cloud;
mod dns;
mod messages;
mod monitoring;
mod nextclouds;
mod payments;
mod shop;
mod wordpress;

use std::fmt::Write as _;
use std::net::SocketAddr;

use serde_json::Value;

use crate::support::{Admin, Install, Panel, modules};

pub use cloud::Cloud;
pub use dns::Dns;
pub use messages::Messages;
pub use monitoring::Monitoring;
pub use nextclouds::Nextclouds;
pub use payments::Payments;
pub use shop::Shop;
pub use wordpress::Wordpress;

pub const ADMIN: (&str, &str) = ("admin@example.com", "administrator-demo");
pub const CLIENT: (&str, &str) = ("client@example.com", "client-demo-password");

/// A panel and the providers its modules call.
pub struct Demo {
    pub panel: Panel,
    pub admin: Admin,
    pub cloud: Cloud,
    /// Where PowerDNS is installed.
    pub dns: Option<Dns>,
    pub wordpress: Wordpress,
    pub nextclouds: Nextclouds,
    pub payments: Payments,
    pub messages: Messages,
    pub monitoring: Monitoring,
}

/// What is sold, and the services that are there.
pub struct Sold {
    /// The client whom [`CLIENT`] signs in.
    pub client: String,
    pub cloud: String,
    /// A zone, where PowerDNS is installed.
    pub zone: Option<String>,
    pub wordpress: String,
    pub nextcloud: String,
    pub paid_invoice: String,
    pub unpaid_invoice: String,
}

impl Demo {
    /// Starts the providers and the panel, installs the modules with all they ask for and points them at the providers.
    ///
    /// # Errors
    /// Where something does not start, or refuses.
    pub async fn start(port: Option<u16>) -> anyhow::Result<Self> {
        // Built before the panel waits for them.
        for key in modules::keys()? {
            modules::package(&key)?;
        }
        let (cloud, dns) = (Cloud::start().await?, Dns::start()?);
        let (wordpress, payments) = (Wordpress::start().await?, Payments::start().await?);
        let (messages, monitoring) = (Messages::start().await?, Monitoring::start().await?);
        let nextclouds = Nextclouds::start().await?;
        let mut builder = Panel::builder().port(port);
        let places = [
            cloud.places(),
            wordpress.places(),
            payments.places(),
            messages.places(),
            monitoring.places(),
            nextclouds.places(),
        ];
        for place in places.into_iter().flatten().chain(dns.iter().flat_map(Dns::places)) {
            builder = builder.allow_private(place);
        }
        let panel = builder.start().await?;
        let admin = panel.create_admin(ADMIN.0, ADMIN.1).await?;
        let demo = Self { panel, admin, cloud, dns, wordpress, nextclouds, payments, messages, monitoring };
        demo.install_all().await?;
        Ok(demo)
    }

    async fn install_all(&self) -> anyhow::Result<()> {
        let mut settings = vec![
            (cloud::MODULE, self.cloud.settings()),
            (wordpress::MODULE, self.wordpress.settings()),
            (nextclouds::MODULE, self.nextclouds.settings()),
            (payments::MODULE, self.payments.settings()),
            (messages::SLACK, self.messages.slack_settings()),
            (messages::SMS, self.messages.sms_settings()),
            (monitoring::MODULE, self.monitoring.settings()),
        ];
        settings.extend(self.dns.iter().map(|dns| (dns::MODULE, dns.settings())));
        for (key, settings) in settings {
            self.install(key, settings).await?;
        }
        Ok(())
    }

    /// Installs a module of the repository with all that it asks for, and tries its connection where it has one.
    async fn install(&self, key: &str, settings: Value) -> anyhow::Result<()> {
        let package = std::fs::read(modules::package(key)?)?;
        Install { key, package, without: &[], settings: Some(settings) }.on(&self.admin.api).await?;
        Ok(())
    }

    /// A catalogue, clients, services in several states, invoices, and what was watched for a week.
    ///
    /// # Errors
    /// Where the panel or a module refuses.
    pub async fn fill(&self) -> anyhow::Result<Sold> {
        let shop = self.shop();
        let client = shop.client("Ada Example", CLIENT.0, CLIENT.1).await?;
        let other = shop.client("Grace Sample", "grace@example.com", "grace-demo-password").await?;
        self.messages.fill(&self.panel, &self.admin).await?;
        let cloud = self.cloud.fill(&shop, &client, &other).await?;
        let zone = match &self.dns {
            Some(dns) => Some(dns.fill(&shop, &client).await?),
            None => None,
        };
        let wordpress = self.wordpress.fill(&shop, &client, &other).await?;
        let nextcloud = self.nextclouds.fill(&self.panel, &shop, &client, &other).await?;
        let (paid_invoice, unpaid_invoice) = self.payments.fill(&self.panel, &shop, &client).await?;
        self.monitoring.fill(&self.panel, &self.admin.api).await?;
        Ok(Sold { client, cloud, zone, wordpress, nextcloud, paid_invoice, unpaid_invoice })
    }

    #[must_use]
    pub fn shop(&self) -> Shop<'_> {
        Shop { api: &self.admin.api }
    }

    /// Where everything is and who may sign in.
    #[must_use]
    pub fn describe(&self) -> String {
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
        line("Hosting API", &format!("{}  {}", self.cloud.hosting.url(), self.cloud.hosting.key()));
        line("WordPress", &format!("{}  {}", self.wordpress.backend.url(), self.wordpress.backend.key()));
        line("Nextcloud", &self.nextclouds.describe());
        line("Stripe", &format!("{}  {}", self.payments.stripe.url(), self.payments.stripe.key()));
        line("Slack", &self.messages.slack.webhook());
        let twilio = &self.messages.twilio;
        line("Twilio", &format!("{}  {}  {}", twilio.url(), twilio.sid(), twilio.token()));
        line("Watched", &self.monitoring.describe());
        if let Some(dns) = &self.dns {
            line("PowerDNS", &dns.describe());
        }
        text
    }
}

/// Where a provider listens.
type Places = Vec<SocketAddr>;
