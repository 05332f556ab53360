//! Requests that reach the module through the panel, and its responses to them.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::bindings::host::caisson::module::types::{Blob, Body, Header, Parameter};
use crate::{Problem, Request, Response, Result, View, data, form};

fn find<'a>(parameters: &'a [Parameter], name: &str) -> Option<&'a str> {
    parameters.iter().find(|parameter| parameter.name == name).map(|parameter| parameter.value.as_str())
}

impl Request {
    /// A parameter of the declared route, such as `uuid` in `server/{uuid}`.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&str> {
        find(&self.params, name)
    }

    /// A parameter of the query string.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<&str> {
        find(&self.query, name)
    }

    /// A form field as it was typed.
    #[must_use]
    pub fn form(&self, name: &str) -> Option<&str> {
        find(&self.form, name)
    }

    /// The whole form as `T`: text is read as what the fields of `T` are, an empty field as none.
    ///
    /// # Errors
    /// 422 that names the first field that does not read.
    pub fn form_data<T: DeserializeOwned>(&self) -> Result<T> {
        form::read(&self.form)
    }

    /// The JSON body as `T`.
    ///
    /// # Errors
    /// 422 where the body is no such JSON.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(&self.body)
            .map_err(|error| Problem::new(422, format!("The body is not what was expected: {error}.")))
    }

    /// The first header of that name, whatever its case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|h| h.name.eq_ignore_ascii_case(name)).map(|h| h.value.as_str())
    }

    /// Whether the person behind the request holds one of this module's permissions.
    #[must_use]
    pub fn may(&self, permission: &str) -> bool {
        self.actor.permissions.iter().any(|held| held == permission)
    }
}

impl Response {
    fn with_body(body: Body) -> Self {
        Self { status: 200, headers: Vec::new(), body }
    }

    /// 204.
    #[must_use]
    pub fn empty() -> Self {
        Self { status: 204, ..Self::with_body(Body::Empty) }
    }

    /// A template, rendered in the panel's frame.
    #[must_use]
    pub fn view(view: View) -> Self {
        Self::with_body(Body::View(view))
    }

    /// # Errors
    /// A problem where `value` cannot be written as JSON.
    pub fn json<T: Serialize + ?Sized>(value: &T) -> Result<Self> {
        Ok(Self::with_body(Body::Json(data::write(value)?)))
    }

    /// Plain text. Answering a client's action, it is the message shown above the tab.
    pub fn text(text: impl Into<String>) -> Self {
        Self::with_body(Body::Text(text.into()))
    }

    /// Bytes to download.
    pub fn blob(content_type: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self::with_body(Body::Blob(Blob { content_type: content_type.into(), bytes }))
    }

    /// 303 to a path below the module's own prefix, or to a URL of a granted host.
    pub fn redirect(to: impl Into<String>) -> Self {
        Self { status: 303, ..Self::with_body(Body::Redirect(to.into())) }
    }

    /// The same with another status.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// The same with one more header; the host drops those outside its allow-list.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push(Header { name: name.into(), value: value.into() });
        self
    }
}
