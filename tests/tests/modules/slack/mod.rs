//! The slack module with a Slack that takes messages, and with one that does not.

mod life;
mod troubles;

use caisson_tests::fakes::Slack;
use caisson_tests::support::archive::Archive;
use caisson_tests::support::{Admin, Panel, Puppet};
use serde_json::{Value, json};

use super::{Module, delivery, package, panel, tell_staff};

const KEY: &str = "notification/slack";

struct Scene {
    panel: Panel,
    admin: Admin,
    slack: Slack,
    puppet: Puppet,
}

impl Scene {
    async fn start(database: Option<&str>) -> Self {
        let slack = Slack::start().await.unwrap();
        let (archive, on) = (package(KEY), panel(database, slack.address()).await);
        Self::on(on, slack, &archive).await
    }

    /// Slack is installed, granted and configured, and serves.
    async fn on((panel, admin): (Panel, Admin), slack: Slack, archive: &Archive) -> Self {
        let puppet = Puppet::install(&admin, "puppet", &[]).await.unwrap();
        let scene = Self { panel, admin, slack, puppet };
        let module = scene.module();
        let asked = module.install(archive).await;
        assert_eq!(
            asked,
            [
                "Call the host given in the setting 'webhook_url' over HTTP (POST), and send it the secret webhook_url.",
                "Keep short-lived values between calls.",
            ]
        );
        scene.configure(json!({})).await;
        module.act("activate").await;
        scene
    }

    fn module(&self) -> Module<'_> {
        Module { admin: &self.admin, key: KEY }
    }

    fn settings(&self, more: Value) -> Value {
        let mut settings =
            json!({ "webhook_url": self.slack.webhook(), "audience": "staff", "language": "en" });
        settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        settings
    }

    async fn configure(&self, more: Value) {
        self.module().configure(&self.settings(more)).await;
    }

    async fn tell_staff(&self, times: u32) {
        tell_staff(&self.puppet, times).await;
    }

    async fn delivery(&self, query: &str, status: &str) -> Value {
        delivery(&self.admin, query, status).await
    }
}
