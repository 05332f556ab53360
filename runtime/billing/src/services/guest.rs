//! The module's part of a service: its page for staff, its tabs and actions for clients, its buttons.

use caisson_capabilities::CallContext;
use caisson_capabilities::contract::exports::product::Metric;
use caisson_capabilities::contract::types as wit;
use caisson_capabilities::services::to_contract;
use caisson_registry::Active;
use caisson_sandbox::exports::{admin, client_area, product};
use caisson_sandbox::{Answer, Export, Parameters};
use caisson_storage::services::ServiceContext;
use caisson_types::manifest::{Field, Method};
use caisson_types::{AdminId, Problem, ProvisionStatus};
use serde_json::Value;

use super::data;
use crate::{Billing, BillingError, Result};

/// What reached a tab or an action.
#[derive(Clone, Debug, Default)]
pub struct TabRequest {
    pub post: bool,
    pub path: String,
    pub query: Vec<(String, String)>,
    pub form: Vec<(String, String)>,
    pub locale: String,
}

/// What reached a page or the API of a module in the administration area.
#[derive(Clone, Debug)]
pub struct AdminRequest {
    pub method: Method,
    pub path: String,
    /// What the route's `{…}` parts stand for.
    pub params: Vec<(String, String)>,
    pub query: Vec<(String, String)>,
    pub form: Vec<(String, String)>,
    /// Where it is no form.
    pub body: Vec<u8>,
    pub admin: AdminId,
    pub locale: String,
}

/// What a module answered, as plain data for the panel to show.
#[derive(Clone, Debug)]
pub enum Answered {
    View { template: String, data: Value },
    Json(Value),
    Text(String),
    Blob { content_type: String, bytes: Vec<u8> },
    Redirect(String),
    Empty,
}

/// Most characters of what a button of a module says.
const ANSWER_MAX: usize = 4_000;

impl Billing {
    /// The module's part of the service page; none where it has none.
    ///
    /// # Errors
    /// The module's problem, or why the sandbox ended the call.
    pub async fn service_page(
        &self,
        context: ServiceContext,
        locale: &str,
    ) -> Result<Option<(String, Value)>> {
        let page = self.with_service(context, locale, &product::SERVICE_PAGE, |service| (service,)).await;
        self.page_or_none(page)
    }

    /// What a product's form shows: what is stored of it, or the defaults of a new one, as the module fills it in.
    pub async fn product_form(&self, active: &Active, stored: Option<&Value>, locale: &str) -> Value {
        let defaults = || Value::Object(Field::defaults(&active.manifest.product));
        let begin = stored.cloned().unwrap_or_else(defaults);
        self.filled_in(active, begin, &product::GET_PRODUCT_DATA, locale).await
    }

    /// What the form of an order begins with.
    pub async fn order_form(&self, active: &Active, locale: &str) -> Value {
        let defaults = Value::Object(Field::defaults(&active.manifest.service));
        self.filled_in(active, defaults, &product::GET_SERVICE_DATA, locale).await
    }

    /// A module that cannot say is no reason to keep the form back.
    async fn filled_in(
        &self,
        active: &Active,
        begin: Value,
        export: &Export<(String,), String>,
        locale: &str,
    ) -> Value {
        if !active.has(export) {
            return begin;
        }
        let call = CallContext { locale: locale.to_owned(), ..CallContext::default() };
        let filled = self.registry.call(active, call, export, (begin.to_string(),)).await;
        match filled.map_err(BillingError::from).and_then(|json| self.document(&json)) {
            Ok(document) if document.is_object() => return document,
            Ok(_) => {
                tracing::warn!(module = %active.key, "the module filled its form with what is no object")
            }
            Err(error) => tracing::warn!(module = %active.key, %error, "the module cannot fill in its form"),
        }
        begin
    }

    /// What the module shows under a product's form, which holds `data`.
    ///
    /// # Errors
    /// As [`Billing::service_page`].
    pub async fn product_page(
        &self,
        active: &Active,
        data: &Value,
        locale: &str,
    ) -> Result<Option<(String, Value)>> {
        let call = CallContext { locale: locale.to_owned(), ..CallContext::default() };
        let page = self.registry.call(active, call, &product::PRODUCT_PAGE, (data.to_string(),)).await;
        self.page_or_none(page.map_err(BillingError::from))
    }

    /// A module without such a page says that there is none.
    fn page_or_none(&self, page: Result<wit::View>) -> Result<Option<(String, Value)>> {
        match page {
            Ok(view) => Ok(Some((view.template, self.document(&view.data)?))),
            Err(BillingError::Module(caisson_sandbox::CallError::Problem(Problem {
                code: 404 | 501,
                ..
            }))) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What the service uses now, as its provider measures it.
    ///
    /// # Errors
    /// As [`Billing::service_page`].
    pub async fn usage(&self, context: ServiceContext) -> Result<Vec<Metric>> {
        self.with_service(context, "en", &product::USAGE, |service| (service,)).await
    }

    /// Data of a tab that the manifest declares.
    ///
    /// # Errors
    /// As [`Billing::service_page`].
    pub async fn tab_data(&self, context: ServiceContext, tab: &str, request: TabRequest) -> Result<Value> {
        let (client, locale) = (context.client.id.to_string(), request.locale.clone());
        let tab = tab.to_owned();
        let request = to_request(request, &client);
        let answer = self
            .with_service(context, &locale, &client_area::VARIABLES, |service| (tab, service, request))
            .await?;
        self.document(&answer)
    }

    /// A client's request to an action that the manifest declares.
    ///
    /// # Errors
    /// As [`Billing::service_page`]; services that are not provisioned, or are suspended, take no actions.
    pub async fn tab_action(
        &self,
        context: ServiceContext,
        action: &str,
        request: TabRequest,
    ) -> Result<(u16, Answered)> {
        let status = context.service.provision_status;
        if status != ProvisionStatus::Completed {
            return Err(BillingError::Conflict(format!(
                "This service is {status}; it takes no changes now."
            )));
        }
        let (client, locale) = (context.client.id.to_string(), request.locale.clone());
        let action = action.to_owned();
        let request = to_request(request, &client);
        let response = self
            .with_service(context, &locale, &client_area::HANDLE, |service| (action, service, request))
            .await?;
        self.answered(response)
    }

    /// A button that the manifest declares; the text is shown.
    ///
    /// # Errors
    /// As [`Billing::service_page`].
    pub async fn run_action(
        &self,
        context: ServiceContext,
        action: &str,
        locale: &str,
    ) -> Result<Option<String>> {
        let action = action.to_owned();
        let text =
            self.with_service(context, locale, &product::RUN_ACTION, |service| (action, service)).await?;
        Ok(text.map(|text| caisson_types::problem::shown(&text, ANSWER_MAX)))
    }

    /// A URL that signs the client in at the provider.
    ///
    /// # Errors
    /// As [`Billing::service_page`].
    pub async fn single_sign_on(&self, context: ServiceContext, locale: &str) -> Result<String> {
        self.with_service(context, locale, &product::SINGLE_SIGN_ON, |service| (service,)).await
    }

    /// A page or API request of a module in the administration area: a route that its manifest declares.
    ///
    /// # Errors
    /// The module's problem, or why the sandbox ended the call.
    pub async fn admin_page(
        &self,
        active: &Active,
        route: &str,
        request: AdminRequest,
    ) -> Result<(u16, Answered)> {
        let call = CallContext { locale: request.locale.clone(), ..CallContext::default() };
        // There is one role so far, and it has every permission.
        let permissions = active.manifest.permissions.iter().map(|one| one.key.to_string());
        let request = wit::Request {
            method: method(request.method),
            path: request.path,
            params: parameters(request.params),
            query: parameters(request.query),
            form: parameters(request.form),
            headers: Vec::new(),
            body: request.body,
            actor: wit::Actor {
                role: wit::Role::Staff,
                id: Some(request.admin.to_string()),
                permissions: permissions.collect(),
                locale: request.locale,
            },
        };
        let response = self.registry.call(active, call, &admin::HANDLE, (route.to_owned(), request)).await?;
        self.answered(response)
    }

    async fn with_service<P: Parameters, R: Answer>(
        &self,
        context: ServiceContext,
        locale: &str,
        export: &Export<P, R>,
        parameters: impl FnOnce(wit::Service) -> P,
    ) -> Result<R> {
        let id = context.service.id;
        let active = self.registry.active_for(&context.service.module, id)?;
        let view = data::view(&self.vault, context).map_err(|error| self.unreadable(id, &error))?;
        let secrets = data::secrets(&view, &active);
        let call =
            CallContext { service: Some(id), locale: locale.to_owned(), secrets, ..CallContext::default() };
        let service = to_contract(view);
        Ok(self.registry.call(&active, call, export, parameters(service)).await?)
    }

    pub(crate) fn answered(&self, response: wit::Response) -> Result<(u16, Answered)> {
        let status = response.status;
        let answered = match response.body {
            wit::Body::Empty => Answered::Empty,
            wit::Body::View(view) => {
                Answered::View { data: self.document(&view.data)?, template: view.template }
            }
            wit::Body::Json(json) => Answered::Json(self.document(&json)?),
            wit::Body::Text(text) => Answered::Text(text),
            wit::Body::Blob(blob) => Answered::Blob { content_type: blob.content_type, bytes: blob.bytes },
            wit::Body::Redirect(target) => Answered::Redirect(target),
        };
        // Others mean something to whoever carries the answer: 101 that the connection speaks another language from now on.
        // A redirect's is the panel's own.
        let means_an_answer = matches!(status, 200..=299 | 400..=599);
        if means_an_answer || matches!(answered, Answered::Redirect(_)) {
            Ok((status, answered))
        } else {
            Err(BillingError::Answer {
                module: "of this service".to_owned(),
                reason: format!("the status {status}, where 200 to 299 or 400 to 599 is due"),
            })
        }
    }

    fn document(&self, json: &str) -> Result<Value> {
        serde_json::from_str(json).map_err(|error| BillingError::Answer {
            module: "of this service".to_owned(),
            reason: format!("not JSON ({error})"),
        })
    }
}

fn method(method: Method) -> wit::HttpMethod {
    match method {
        Method::Get => wit::HttpMethod::Get,
        Method::Head => wit::HttpMethod::Head,
        Method::Post => wit::HttpMethod::Post,
        Method::Put => wit::HttpMethod::Put,
        Method::Patch => wit::HttpMethod::Patch,
        Method::Delete => wit::HttpMethod::Delete,
    }
}

fn parameters(pairs: Vec<(String, String)>) -> Vec<wit::Parameter> {
    pairs.into_iter().map(|(name, value)| wit::Parameter { name, value }).collect()
}

fn to_request(request: TabRequest, client: &str) -> wit::Request {
    wit::Request {
        method: method(if request.post { Method::Post } else { Method::Get }),
        path: request.path,
        params: Vec::new(),
        query: parameters(request.query),
        form: parameters(request.form),
        headers: Vec::new(),
        body: Vec::new(),
        actor: wit::Actor {
            role: wit::Role::Client,
            id: Some(client.to_owned()),
            permissions: Vec::new(),
            locale: request.locale,
        },
    }
}
