use std::sync::Arc;

use super::{from_status, parse_id, to_contract};
use crate::CallState;
use crate::bindings::caisson::module::services::{Error, Host, Page};
use crate::bindings::caisson::module::types::{ProvisionStatus, Service};
use crate::guard::{granted, on_its_connection};
use crate::ports::PortError;

const PAGE: u32 = 100;
const MESSAGE_MAX: usize = 2_000;
const DATA_MAX: usize = 256 * 1024;

impl From<PortError> for Error {
    fn from(error: PortError) -> Self {
        match error {
            PortError::Missing => Error::Missing,
            PortError::Invalid(reason) => Error::Invalid(reason),
            PortError::Failed(_) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "a host function of services failed"
                );
                Error::Other(error.to_string())
            }
        }
    }
}

impl Host for CallState {
    async fn get(&mut self, id: String) -> wasmtime::Result<Result<Service, Error>> {
        granted!(self, services, "services.get", None, self.fetch(&id).await)
    }

    async fn list(
        &mut self,
        status: Option<ProvisionStatus>,
        after: Option<String>,
    ) -> wasmtime::Result<Result<Page, Error>> {
        granted!(self, services, "services.list", None, self.fetch_page(status, after).await)
    }

    async fn set_provision_status(
        &mut self,
        id: String,
        status: ProvisionStatus,
        message: Option<String>,
    ) -> wasmtime::Result<Result<(), Error>> {
        granted!(
            self,
            services,
            "services.set-provision-status",
            None,
            self.store_status(&id, status, message).await
        )
    }

    async fn set_provision_data(&mut self, id: String, data: String) -> wasmtime::Result<Result<(), Error>> {
        granted!(self, services, "services.set-provision-data", None, self.store_data(&id, &data).await)
    }
}

impl CallState {
    async fn fetch(&mut self, id: &str) -> Result<Service, Error> {
        let id = parse_id(id).ok_or(Error::Missing)?;
        on_its_connection!(self, host, behind, conn, PortError);
        let view = host.services.get(conn, &behind.module, id).await?;
        let marked = Arc::clone(&self.behind);
        self.redactor().learn(&view.service_data, &marked.secret_service_keys);
        Ok(to_contract(view))
    }

    async fn fetch_page(
        &mut self,
        status: Option<ProvisionStatus>,
        after: Option<String>,
    ) -> Result<Page, Error> {
        let after = match after {
            None => None,
            Some(text) => Some(
                parse_id(&text)
                    .ok_or_else(|| Error::Invalid("`after` is not the `next` of a page".to_owned()))?,
            ),
        };
        on_its_connection!(self, host, behind, conn, PortError);
        let page = host.services.list(conn, &behind.module, status.map(from_status), after, PAGE).await?;
        let next = page.next.map(|id| id.to_string());
        Ok(Page { items: page.items.into_iter().map(to_contract).collect(), next })
    }

    async fn store_status(
        &mut self,
        id: &str,
        status: ProvisionStatus,
        message: Option<String>,
    ) -> Result<(), Error> {
        let id = parse_id(id).ok_or(Error::Missing)?;
        if message.as_ref().is_some_and(|message| message.len() > MESSAGE_MAX) {
            return Err(Error::Invalid(format!("a message has at most {MESSAGE_MAX} bytes")));
        }
        let message = message.map(|message| self.redactor().text(&message));
        let (status, depth) = (from_status(status), self.context.depth);
        on_its_connection!(self, host, behind, conn, PortError);
        Ok(host.services.set_provision_status(conn, &behind.module, id, status, message, depth).await?)
    }

    async fn store_data(&mut self, id: &str, data: &str) -> Result<(), Error> {
        let id = parse_id(id).ok_or(Error::Missing)?;
        if data.len() > DATA_MAX {
            return Err(Error::Invalid(format!(
                "service data has at most {DATA_MAX} bytes, not {}",
                data.len()
            )));
        }
        let Ok(serde_json::Value::Object(data)) = serde_json::from_str(data) else {
            return Err(Error::Invalid("service data is not a JSON object".to_owned()));
        };
        let learned = serde_json::Value::Object(data.clone());
        let marked = Arc::clone(&self.behind);
        self.redactor().learn(&learned, &marked.secret_service_keys);
        on_its_connection!(self, host, behind, conn, PortError);
        Ok(host.services.merge_data(conn, &behind.module, id, data, &behind.secret_service_keys).await?)
    }
}
