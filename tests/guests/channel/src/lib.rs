//! A notification module that remembers what it sent, and how often it was asked to.

use caisson_guest::{
    Delivery, DeliveryStatus, Message, Module, NotificationChannel, NotificationModule, Problem, Result,
    Secret, Value, config, db, json,
};
use serde::{Deserialize, Serialize};

struct Channel;

#[derive(Serialize, Deserialize)]
struct Settings {
    #[serde(default)]
    refuses_with: Option<u16>,
    #[serde(default)]
    token: Secret,
}

impl Module for Channel {
    type Settings = Settings;

    fn activate() -> Result<()> {
        db::schema::create("sent", |table| {
            table.uuid("message");
            table.text("channel");
            table.text("settings");
            table.text("recipient");
            table.text("subject");
            table.text("body");
            table.json("data");
            table.primary(["message"]);
        })
    }

    fn test_connection(_settings: &Settings) -> Result<String> {
        Ok(Value::from(db::table("sent").order_by("recipient").get::<Value>()?).to_string())
    }
}

impl NotificationModule for Channel {
    fn send(channel: &NotificationChannel, message: &Message) -> Result<Delivery> {
        if let Some(code) = config::get::<u16>("settings.refuses_with")? {
            return Err(Problem::new(code, "The channel was told to refuse."));
        }
        let sent = json!({
            "message": message.id,
            "channel": channel.id,
            "settings": channel.settings,
            "recipient": message.to,
            "subject": message.subject,
            "body": message.text,
            "data": message.data,
        });
        // A message that comes again is the same one.
        db::table("sent").insert_or_ignore(&sent, &["message"])?;
        Ok(Delivery { status: DeliveryStatus::Delivered, reference: Some(format!("row {}", message.id)) })
    }
}

caisson_guest::export!(notification: Channel);
