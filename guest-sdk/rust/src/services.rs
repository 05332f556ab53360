//! Services of this module's products. Grant: `services = true`.

use std::cell::RefCell;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{ProvisionStatus, Result, Service, data, host};

impl Service {
    /// Product configuration, as `save_product_data` left it.
    ///
    /// # Errors
    /// A problem where it is of another shape than `T`.
    pub fn product_data<T: DeserializeOwned>(&self) -> Result<T> {
        data::read("product data", &self.product_data)
    }

    /// What was ordered, and what [`set_data`] stored since.
    ///
    /// # Errors
    /// A problem where it is of another shape than `T`.
    pub fn service_data<T: DeserializeOwned>(&self) -> Result<T> {
        data::read("service data", &self.service_data)
    }
}

/// The service as it is now.
///
/// # Errors
/// 404 where the id is of no service of this module.
pub fn get(id: &str) -> Result<Service> {
    Ok(host::services::get(id)?)
}

/// Every service of this module, oldest first, or those of one status. Fetched page by page as the iterator goes on.
pub fn list(status: Option<ProvisionStatus>) -> impl Iterator<Item = Result<Service>> {
    let mut page = Vec::new().into_iter();
    let mut next = Some(None);
    std::iter::from_fn(move || {
        loop {
            if let Some(service) = page.next() {
                return Some(Ok(service));
            }
            let after: Option<String> = next.take()?;
            match host::services::list(status, after.as_deref()) {
                Ok(fetched) => {
                    page = fetched.items.into_iter();
                    next = fetched.next.map(Some);
                }
                Err(error) => return Some(Err(error.into())),
            }
        }
    })
}

/// Sets where a service stands with its provider.
///
/// # Errors
/// 404 where the id is of no service of this module.
pub fn set_status(id: &str, status: ProvisionStatus) -> Result<()> {
    write_status(id, status, None)
}

/// As [`set_status`], with a line for staff that stands on the service page until the next status.
///
/// # Errors
/// See [`set_status`].
pub fn set_status_because(id: &str, status: ProvisionStatus, message: &str) -> Result<()> {
    write_status(id, status, Some(message))
}

fn write_status(id: &str, status: ProvisionStatus, message: Option<&str>) -> Result<()> {
    host::services::set_provision_status(id, status, message)?;
    WRITTEN.with_borrow_mut(|written| written.push(id.to_owned()));
    Ok(())
}

/// Merges the fields of `value` into the service's data; a field that is null is removed. Durable when it returns: mint
/// ids and passwords, store them here, then call the provider, and a second try finds the first one's names.
///
/// # Errors
/// 404 where the id is of no service of this module.
pub fn set_data<T: Serialize + ?Sized>(id: &str, value: &T) -> Result<()> {
    Ok(host::services::set_provision_data(id, &data::write(value)?)?)
}

thread_local! {
    /// Services whose status this call has set.
    static WRITTEN: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Forgets which statuses were set; a native test makes many calls in one thread.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn begin_call() {
    WRITTEN.with_borrow_mut(Vec::clear);
}

/// Whether this call has set the service's status itself.
pub(crate) fn status_was_set(id: &str) -> bool {
    WRITTEN.with_borrow(|written| written.iter().any(|other| other == id))
}
