use anyhow::ensure;
use serde_json::{Value, json};

use super::Places;
use crate::fakes::{Slack, Twilio};
use crate::support::{Admin, Panel};

pub(super) const SLACK: &str = "notification/slack";
pub(super) const SMS: &str = "notification/sms";

/// Where staff and clients are told something.
pub struct Messages {
    pub slack: Slack,
    pub twilio: Twilio,
}

impl Messages {
    pub(super) async fn start() -> anyhow::Result<Self> {
        Ok(Self { slack: Slack::start().await?, twilio: Twilio::start().await? })
    }

    pub(super) fn places(&self) -> Places {
        vec![self.slack.address(), self.twilio.address()]
    }

    pub(super) fn slack_settings(&self) -> Value {
        json!({ "webhook_url": self.slack.webhook(), "audience": "staff", "language": "en" })
    }

    pub(super) fn sms_settings(&self) -> Value {
        json!({
            "api_base": self.twilio.url(), "account_sid": self.twilio.sid(), "auth_token": self.twilio.token(),
            "sender": Twilio::NUMBER, "audience": "staff", "content": "subject", "segments": 3, "longer": "cut",
        })
    }

    /// The administrator gives a telephone number, so that text messages have somewhere to go.
    pub(super) async fn fill(&self, panel: &Panel, admin: &Admin) -> anyhow::Result<()> {
        let mut visitor = panel.signed_in(admin).await?;
        visitor.open("/admin/account").await?;
        let profile = [("name", "Administrator"), ("phone", "+48 601 602 603"), ("locale", "en")];
        let saved = visitor.submit("/admin/account", &profile).await?;
        ensure!(saved.status == 200, "the account was not saved: {}", saved.text());
        Ok(())
    }
}
