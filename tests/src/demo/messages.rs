use serde_json::{Value, json};

use super::Places;
use crate::fakes::Slack;

pub(super) const SLACK: &str = "notification/slack";

/// Where staff and clients are told something.
pub struct Messages {
    pub slack: Slack,
}

impl Messages {
    pub(super) async fn start() -> anyhow::Result<Self> {
        Ok(Self { slack: Slack::start().await? })
    }

    pub(super) fn places(&self) -> Places {
        vec![self.slack.address()]
    }

    pub(super) fn slack_settings(&self) -> Value {
        json!({ "webhook_url": self.slack.webhook(), "audience": "staff", "language": "en" })
    }
}
