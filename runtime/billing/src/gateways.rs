//! Payment modules as gateways: what clients pay through, and what staff ask of them. Nothing here moves money in the books: modules
//! report what their gateway says, and [`crate::payments`] checks it.

use std::sync::Arc;

use caisson_capabilities::CallContext;
use caisson_capabilities::contract::exports::payment::Gateway;
use caisson_capabilities::contract::payments::Invoice as WitInvoice;
use caisson_capabilities::contract::types as wit;
use caisson_capabilities::payments::to_contract;
use caisson_registry::Active;
use caisson_sandbox::exports::payment;
use caisson_storage::payments::Kind;
use caisson_storage::{audit, invoices};
use caisson_types::{ClientId, InvoiceId, InvoiceStatus, ModuleKey, ModuleType, Slug};
use serde_json::{Value, json};

use crate::services::Answered;
use crate::{Billing, BillingError, InvoiceWithTransactions, Result};

/// What a module shows to pay an invoice: a template of its own, and its data.
#[derive(Clone)]
pub struct Checkout {
    pub active: Arc<Active>,
    pub template: String,
    pub data: Value,
}

/// How a client came back from a gateway.
#[derive(Clone, Debug)]
pub struct CameBack {
    /// Not by the way of who gave up.
    pub finished: bool,
    pub query: Vec<(String, String)>,
    pub locale: String,
}

impl Billing {
    /// Gateways that clients may choose, by name: those that have their settings.
    #[must_use]
    pub fn gateways(&self) -> Vec<Arc<Active>> {
        let mut all = self.registry.all_active();
        all.retain(|active| active.key.kind() == ModuleType::Payment && active.is_configured());
        all
    }

    /// An invoice for its client only: drafts, and those of other clients, are not there.
    ///
    /// # Errors
    /// Where there is none.
    pub async fn invoice_of(&self, client: ClientId, id: InvoiceId) -> Result<InvoiceWithTransactions> {
        let found = self.invoice(id).await?;
        let sent = found.invoice.client_id == client && found.invoice.status != InvoiceStatus::Draft;
        if sent { Ok(found) } else { Err(BillingError::NotFound("invoice")) }
    }

    /// What a client sees to pay an invoice through a gateway.
    ///
    /// # Errors
    /// [`BillingError::Conflict`] where nothing is due, and the module's problem.
    pub async fn checkout(
        &self,
        (client, id): (ClientId, InvoiceId),
        name: Slug,
        locale: &str,
    ) -> Result<Checkout> {
        let invoice = self.invoice_of(client, id).await?.invoice;
        if invoice.due().minor == 0 {
            let status = invoice.status;
            return Err(BillingError::Conflict(format!("This invoice is {status}; it takes no payment.")));
        }
        let active = self.gateway(name)?;
        let asked = self.asked(&active, id).await?;
        let view = self.registry.call(&active, call(locale), &payment::CHECKOUT, asked).await?;
        let data = serde_json::from_str(&view.data).map_err(|error| BillingError::Answer {
            module: active.key.to_string(),
            reason: format!("not JSON ({error})"),
        })?;
        Ok(Checkout { active, template: view.template, data })
    }

    /// Lets the module find out what became of a payment, once its client is back. The answer is what it says of that.
    ///
    /// # Errors
    /// Where the invoice is not the client's, and the module's problem.
    pub async fn came_back(
        &self,
        (client, id): (ClientId, InvoiceId),
        name: Slug,
        back: CameBack,
    ) -> Result<Answered> {
        self.invoice_of(client, id).await?;
        let active = self.gateway(name)?;
        let pair = |(name, value)| wit::Parameter { name, value };
        let call = call(&back.locale);
        let request = wit::Request {
            method: wit::HttpMethod::Get,
            path: if back.finished { "return" } else { "cancel" }.to_owned(),
            params: vec![pair(("invoice".to_owned(), id.to_string()))],
            query: back.query.into_iter().map(pair).collect(),
            form: Vec::new(),
            headers: Vec::new(),
            body: Vec::new(),
            actor: wit::Actor {
                role: wit::Role::Client,
                id: Some(client.to_string()),
                permissions: Vec::new(),
                locale: back.locale,
            },
        };
        let gateway = self.gateway_record(&active, Some(id));
        let response = self.registry.call(&active, call, &payment::RETURNED, (gateway, request)).await?;
        Ok(self.answered(response)?.1)
    }

    /// Asks a gateway how an invoice stands; what it says is in the books afterwards.
    ///
    /// # Errors
    /// Where there is no such invoice or gateway, and the module's problem.
    pub async fn reconcile_invoice(&self, id: InvoiceId, name: Slug) -> Result<()> {
        let active = self.gateway(name)?;
        let asked = self.asked(&active, id).await?;
        Ok(self.registry.call(&active, call("en"), &payment::RECONCILE, asked).await?)
    }

    /// Has a payment of an invoice paid back, in part or as a whole, and gives the gateway's id of that. It is in the books once the
    /// gateway says that it is done, which may be later.
    ///
    /// # Errors
    /// [`BillingError::Invalid`] where there is no such payment or not so much left of it, and the module's problem.
    pub async fn refund(&self, id: InvoiceId, reference: &str, minor: i64, actor: &str) -> Result<String> {
        let found = self.invoice(id).await?;
        let is_it = |one: &&caisson_storage::payments::Transaction| {
            one.kind == Kind::Payment && one.reference == reference
        };
        let paid =
            found.transactions.iter().find(is_it).ok_or_else(|| {
                BillingError::field("transaction", "No payment of this invoice has that id.")
            })?;
        let left = paid.amount_minor - paid.refunded_minor;
        if !(1..=left).contains(&minor) {
            let left = found.invoice.money(left);
            return Err(BillingError::field("amount_minor", format!("{left} is left of this payment.")));
        }
        let active = self.registry.active(&paid.module)?;
        let amount = found.invoice.money(minor);
        let detail = json!({ "payment": reference, "amount": amount.to_string() });
        let mut tx = self.db.begin().await?;
        audit::append(&mut tx, actor, "invoice.refund-asked", &id.to_string(), &detail).await?;
        tx.commit().await?;
        let gateway = self.gateway_record(&active, Some(id));
        let amount = wit::Money { minor, currency: amount.currency.to_string() };
        let asked = (gateway, reference.to_owned(), amount);
        let refund = self.registry.call(&active, call("en"), &payment::REFUND, asked).await?;
        Ok(caisson_types::problem::shown(&refund, REFERENCE_MAX))
    }

    fn gateway(&self, name: Slug) -> Result<Arc<Active>> {
        let key = ModuleKey::new(ModuleType::Payment, name);
        self.registry.active(&key).map_err(|_| BillingError::NotFound("gateway"))
    }

    async fn asked(&self, active: &Active, id: InvoiceId) -> Result<(Gateway, WitInvoice)> {
        let mut conn = self.db.conn().await?;
        let found = invoices::with_client(&mut conn, id).await;
        let (invoice, client) = found.map_err(BillingError::missing("invoice"))?;
        let invoice = to_contract(crate::payments::view(invoice, client));
        Ok((self.gateway_record(active, Some(id)), invoice))
    }
}

/// Characters of a gateway's id.
const REFERENCE_MAX: usize = 255;

fn call(locale: &str) -> CallContext {
    CallContext { locale: locale.to_owned(), ..CallContext::default() }
}
