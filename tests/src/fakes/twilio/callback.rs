//! Status callbacks, signed over the address and the fields.

use anyhow::Context as _;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

use super::account::Account;

/// What is posted, and where to.
pub(super) struct Callback {
    pub(super) url: String,
    /// In the order of their names.
    fields: Vec<(&'static str, String)>,
}

impl Callback {
    pub(super) fn about(
        account: &Account,
        sid: &str,
        status: &str,
        code: Option<u32>,
    ) -> anyhow::Result<Self> {
        let books = account.lock();
        let message =
            books.messages.iter().find(|message| message.sid == sid).context("there is no such message")?;
        let url = message.callback.clone().context("the message brought no address along")?;
        let mut fields = vec![
            ("AccountSid", account.sid.clone()),
            ("ApiVersion", "2010-04-01".to_owned()),
            ("MessageSid", sid.to_owned()),
            ("MessageStatus", status.to_owned()),
            ("SmsSid", sid.to_owned()),
            ("SmsStatus", status.to_owned()),
            ("To", message.to.clone()),
        ];
        fields.extend(message.from.clone().map(|from| ("From", from)));
        fields.extend(message.service.clone().map(|service| ("MessagingServiceSid", service)));
        fields.extend(code.map(|code| ("ErrorCode", code.to_string())));
        fields.sort_unstable();
        Ok(Self { url, fields })
    }

    /// Posts it, signed with a token; the status of the answer.
    pub(super) async fn send(&self, token: &str) -> anyhow::Result<u16> {
        self.send_to(&self.url, token).await
    }

    /// Posts it to another address than the one it is signed for.
    pub(super) async fn send_to(&self, url: &str, token: &str) -> anyhow::Result<u16> {
        let client = crate::support::client()?;
        let sent = client.post(url).header("x-twilio-signature", self.sign(token)?).form(&self.fields);
        Ok(sent.send().await?.status().as_u16())
    }

    fn sign(&self, token: &str) -> anyhow::Result<String> {
        let mut mac = Hmac::<Sha1>::new_from_slice(token.as_bytes())?;
        mac.update(self.url.as_bytes());
        for (name, value) in &self.fields {
            mac.update(name.as_bytes());
            mac.update(value.as_bytes());
        }
        Ok(BASE64_STANDARD.encode(mac.finalize().into_bytes()))
    }
}
