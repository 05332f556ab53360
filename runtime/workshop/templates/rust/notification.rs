//! Posts every message to an address.

use caisson_guest::http::Client;
use caisson_guest::{
    Delivery, DeliveryStatus, Message, Module, NotificationChannel, NotificationModule, Result, Secret, json,
};
use serde::{Deserialize, Serialize};

struct __Type__;

#[derive(Serialize, Deserialize)]
struct Settings {
    api_base: String,
    #[serde(default)]
    token: Secret,
}

impl Module for __Type__ {
    type Settings = Settings;
}

impl NotificationModule for __Type__ {
    fn send(_channel: &NotificationChannel, message: &Message) -> Result<Delivery> {
        let api = Client::from_setting("api_base")?.bearer_setting("token");
        let body = json!({ "to": message.to, "subject": message.subject, "text": message.text });
        // A message that comes again has the same id.
        api.post("messages").json(&body).idempotency_key(&message.id).send()?.error_for_status()?;
        Ok(Delivery { status: DeliveryStatus::Accepted, reference: None })
    }
}

caisson_guest::export!(notification: __Type__);
