//! How the module is asked for what a scenario asks, on its stage.

use std::collections::BTreeMap;

use caisson_billing::{AdminRequest, Answered, NewService, TabRequest};
use caisson_capabilities::CallContext;
use caisson_capabilities::contract::exports::{hooks, jobs, notification, product};
use caisson_capabilities::contract::types as wit;
use caisson_sandbox::{Answer, Export, Parameters, exports};
use caisson_types::{AdminId, InvoiceId, Problem, ServiceId, Verb};
use serde_json::{Map, Value, json};

use super::When;
use crate::stage::{ACTOR, Result, Stage};

fn pairs(map: &BTreeMap<String, String>) -> Vec<(String, String)> {
    map.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// The call of a scenario, on its stage.
pub(super) struct Asked<'s> {
    pub(super) stage: &'s Stage,
    pub(super) service: Option<ServiceId>,
    pub(super) invoice: Option<InvoiceId>,
    pub(super) locale: &'s str,
}

impl Asked<'_> {
    /// What the module answers; what it queues is not run here.
    pub(super) async fn of(&self, when: &When) -> Result<Value> {
        let Self { stage, .. } = self;
        let (registry, billing) = (&stage.registry, &stage.billing);
        match when {
            When::Activate {} => stage.activate().await.map(|_| Value::Null),
            When::Deactivate {} => self.call(&exports::lifecycle::DEACTIVATE, ()).await.map(|()| Value::Null),
            When::Update { from } => {
                self.call(&exports::lifecycle::UPDATE, (from.clone(),)).await.map(|()| Value::Null)
            }
            When::SettingsPage {} => {
                let page = registry.settings_page(&*stage.active()?).await?;
                Ok(page.map_or(Value::Null, |(template, data)| view(&template, &data)))
            }
            When::SaveSettings { settings } => {
                registry.save_settings(&stage.key, settings.clone(), ACTOR).await?;
                Ok(Value::Object(registry.settings_form(&stage.key).await?.values))
            }
            When::TestConnection { settings } => {
                Ok(registry.test_connection(&stage.key, settings.clone()).await?.into())
            }
            When::SaveProductData { data } => {
                let id = stage.product("asked", data.clone()).await?;
                Ok(billing.product(id).await?.module_data)
            }
            When::GetProductData { data } => {
                Ok(document(&self.call(&exports::product::GET_PRODUCT_DATA, (spelt(data),)).await?))
            }
            When::GetServiceData { data } => {
                Ok(document(&self.call(&exports::product::GET_SERVICE_DATA, (spelt(data),)).await?))
            }
            When::ProductPage { data } => {
                let page = self.call(&exports::product::PRODUCT_PAGE, (spelt(data),)).await?;
                Ok(view(&page.template, &page.data))
            }
            // Without a service there is nobody who orders: the module is asked alone.
            When::SaveServiceData { data } if self.service.is_none() => {
                Ok(document(&self.call(&exports::product::SAVE_SERVICE_DATA, (spelt(data),)).await?))
            }
            When::SaveServiceData { data } => self.order(data).await,
            When::Create {} => self.verb(Verb::Create).await,
            When::Suspend {} => self.verb(Verb::Suspend).await,
            When::Unsuspend {} => self.verb(Verb::Unsuspend).await,
            When::Terminate {} => self.verb(Verb::Terminate).await,
            When::ChangePackage { product } => {
                let product = stage.product("other", product.clone()).await?;
                billing.change_package(self.service()?, product, ACTOR).await?;
                Ok(Value::Null)
            }
            When::RunAction { action } => {
                let context = billing.service(self.service()?).await?;
                Ok(billing.run_action(context, action, self.locale).await?.into())
            }
            When::SingleSignOn {} => {
                let context = billing.service(self.service()?).await?;
                Ok(billing.single_sign_on(context, self.locale).await?.into())
            }
            When::ServicePage {} => {
                let context = billing.service(self.service()?).await?;
                let page = billing.service_page(context, self.locale).await?;
                Ok(page.map_or(Value::Null, |(template, data)| json!({ "template": template, "data": data })))
            }
            When::Usage {} => self.usage().await,
            When::Variables { tab, query } => {
                let context = billing.service(self.service()?).await?;
                let request = TabRequest { query: pairs(query), ..self.request(tab) };
                Ok(billing.tab_data(context, tab, request).await?)
            }
            When::Handle { action, form } => {
                let context = billing.service(self.service()?).await?;
                let request = TabRequest { post: true, form: pairs(form), ..self.request(action) };
                Ok(answer(billing.tab_action(context, action, request).await?))
            }
            When::HandleStatic { action, query, form } => {
                let request = self.asked(action, query, form);
                let answered =
                    self.call(&exports::client_area::HANDLE_STATIC, (action.clone(), request)).await?;
                Ok(self.told(answered))
            }
            When::Admin { route, method, params, query, form, body } => {
                let request = AdminRequest {
                    method: *method,
                    path: route.clone(),
                    params: pairs(params),
                    query: pairs(query),
                    form: pairs(form),
                    body: body.as_ref().map(|body| body.to_string().into_bytes()).unwrap_or_default(),
                    admin: AdminId::new(),
                    locale: self.locale.to_owned(),
                };
                Ok(answer(billing.admin_page(&*stage.active()?, route, request).await?))
            }
            When::Job { method, payload, attempt } => self.job(method, payload, *attempt).await,
            When::Event { name, payload } => self.event(name, payload).await,
            When::Checkout {} => {
                let view =
                    self.call(&exports::payment::CHECKOUT, (self.gateway()?, self.invoice().await?)).await?;
                Ok(self::view(&view.template, &view.data))
            }
            When::Webhook { headers, form, body } => self.webhook(headers, form, body.as_ref()).await,
            When::Returned { path, query, form } => self.returned(path, query, form).await,
            When::Reconcile {} => {
                let asked = (self.gateway()?, self.invoice().await?);
                self.call(&exports::payment::RECONCILE, asked).await.map(|()| Value::Null)
            }
            When::Charge { token } => {
                let asked = (self.gateway()?, self.invoice().await?, token.clone());
                Ok(self.call(&exports::payment::CHARGE, asked).await?.into())
            }
            When::Refund { transaction, minor } => {
                let currency = self.invoice().await?.total.currency;
                let asked = (self.gateway()?, transaction.clone(), wit::Money { minor: *minor, currency });
                Ok(self.call(&exports::payment::REFUND, asked).await?.into())
            }
            When::Callback { headers, query, form, body } => {
                self.callback(headers, query, form, body.as_ref()).await
            }
            When::Send { id, to, phone, subject, text, html, data, sender, event, client, attachments } => {
                let channel = stage.billing.channel_record(&*stage.active()?);
                let message = notification::Message {
                    id: id.clone().unwrap_or_else(uuid),
                    sender: sender.clone(),
                    event: event.clone(),
                    audience: if *client { wit::Role::Client } else { wit::Role::Staff },
                    to: to.clone(),
                    phone: phone.clone(),
                    subject: subject.clone(),
                    text: text.clone(),
                    html: html.clone(),
                    attachments: attachments.iter().map(Into::into).collect(),
                    data: Value::Object(data.clone()).to_string(),
                };
                let sent = self.call(&exports::notification::SEND, (channel, message)).await?;
                let status = match sent.status {
                    notification::Status::Accepted => "accepted",
                    notification::Status::Delivered => "delivered",
                    notification::Status::Skipped => "skipped",
                };
                Ok(json!({ "status": status, "reference": sent.reference }))
            }
        }
    }

    /// The service that the scenario is given.
    fn service(&self) -> Result<ServiceId> {
        let missing = || Problem::new(404, "the scenario is given no service; write [given.service]");
        Ok(self.service.ok_or_else(|| caisson_sandbox::CallError::Problem(missing()))?)
    }

    fn request(&self, path: &str) -> TabRequest {
        TabRequest { path: path.to_owned(), locale: self.locale.to_owned(), ..TabRequest::default() }
    }

    async fn verb(&self, verb: Verb) -> Result<Value> {
        self.stage.billing.run_verb(self.service()?, verb, ACTOR).await?;
        Ok(Value::Null)
    }

    async fn order(&self, data: &Map<String, Value>) -> Result<Value> {
        let billing = &self.stage.billing;
        let sold = billing.service(self.service()?).await?;
        let order = NewService { client_id: sold.client.id, product_id: sold.product.id, data: data.clone() };
        Ok(billing.create_service(order, ACTOR).await?.data)
    }

    async fn usage(&self) -> Result<Value> {
        let service = self.stage.seen(self.service()?).await?;
        let metrics = self.call(&exports::product::USAGE, (service,)).await?;
        let metric = |metric: product::Metric| json!({ "name": metric.name, "value": metric.value, "unit": metric.unit });
        Ok(metrics.into_iter().map(metric).collect())
    }

    async fn job(&self, method: &str, payload: &Value, attempt: u32) -> Result<Value> {
        let service = match self.service {
            Some(id) => Some(self.stage.seen(id).await?),
            None => None,
        };
        let job = jobs::Job {
            id: uuid(),
            method: method.to_owned(),
            payload: payload.to_string(),
            attempt,
            service,
        };
        let answer = self.call(&exports::jobs::RUN, (job,)).await?;
        Ok(document(&answer))
    }

    async fn event(&self, name: &str, payload: &Value) -> Result<Value> {
        let event = hooks::Event { id: uuid(), name: name.to_owned(), payload: payload.to_string() };
        let verdict = self.call(&exports::hooks::ON_EVENT, (event,)).await?;
        Ok(match verdict {
            hooks::Verdict::Proceed => json!("proceed"),
            hooks::Verdict::Veto(reason) => json!({ "veto": reason }),
        })
    }

    /// A call with the budget of a task.
    pub(super) async fn call<P: Parameters, R: Answer>(
        &self,
        export: &Export<P, R>,
        parameters: P,
    ) -> Result<R> {
        let active = self.stage.active()?;
        let context =
            CallContext { service: self.service, locale: self.locale.to_owned(), ..CallContext::default() };
        let registry = &self.stage.registry;
        Ok(registry.call_within(&active, context, active.budgets.task, export, parameters).await?)
    }
}

fn uuid() -> String {
    uuid::Uuid::now_v7().to_string()
}

fn spelt(data: &Map<String, Value>) -> String {
    Value::Object(data.clone()).to_string()
}

fn view(template: &str, data: &str) -> Value {
    json!({ "template": template, "data": document(data) })
}

/// A document, or text that is none.
pub(super) fn document(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}

/// What a module answers to a request.
fn answer((status, answered): (u16, Answered)) -> Value {
    let body = match answered {
        Answered::Empty => json!({}),
        Answered::View { template, data } => json!({ "template": template, "data": data }),
        Answered::Json(json) => json!({ "json": json }),
        Answered::Text(text) => json!({ "text": text }),
        Answered::Blob { content_type, bytes } => json!({ "type": content_type, "bytes": bytes.len() }),
        Answered::Redirect(to) => json!({ "redirect": to }),
    };
    let mut answer = json!({ "status": status });
    if let (Value::Object(answer), Value::Object(body)) = (&mut answer, body) {
        answer.extend(body);
    }
    answer
}
