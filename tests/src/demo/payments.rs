use anyhow::ensure;
use serde_json::{Value, json};

use super::{CLIENT, Places, Shop};
use crate::fakes::{Stripe, WEBHOOK_SECRET};
use crate::support::Panel;
use crate::support::signed::now;

pub(super) const MODULE: &str = "payment/stripe";

/// Invoices, paid through a Stripe.
pub struct Payments {
    pub stripe: Stripe,
}

impl Payments {
    pub(super) async fn start() -> anyhow::Result<Self> {
        Ok(Self { stripe: Stripe::start().await? })
    }

    pub(super) fn places(&self) -> Places {
        vec![self.stripe.address()]
    }

    pub(super) fn settings(&self) -> Value {
        json!({
            "api_base": self.stripe.url(), "secret_key": self.stripe.key(), "webhook_secret": WEBHOOK_SECRET,
        })
    }

    /// An invoice that the client paid, and one that is open.
    pub(super) async fn fill(
        &self,
        panel: &Panel,
        shop: &Shop<'_>,
        client: &str,
    ) -> anyhow::Result<(String, String)> {
        let paid = shop.invoice(client, 1_900, "Cloud premium, November").await?;
        let mut visitor = panel.visitor()?;
        visitor.open("/client/login").await?;
        visitor.submit("/client/login", &[("email", CLIENT.0), ("password", CLIENT.1)]).await?;
        visitor.open(&format!("/client/invoices/{paid}")).await?;
        let shown = visitor.submit(&format!("/client/invoices/{paid}/pay/stripe"), &[]).await?;
        ensure!(shown.status == 200, "the invoice cannot be paid: {}", shown.text());
        let session = self.stripe.session();
        self.stripe.with(|books| books.pay(&session));
        let event = self.stripe.event("checkout.session.completed", &session);
        let webhook = format!("{}/webhooks/{MODULE}", panel.url());
        let (status, said) = self.stripe.deliver(&webhook, &event, now()).await?;
        ensure!(status == 200, "the payment was not taken: {said}");
        let open = shop.invoice(client, 2_350, "WordPress and DNS, December").await?;
        Ok((paid, open))
    }
}
