//! What a scenario asks of the module: an export of the contract, by its name there.

use std::collections::BTreeMap;

use caisson_capabilities::contract::exports::notification;
use caisson_capabilities::contract::types as wit;
use caisson_types::manifest::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The call, and what it is called with.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "call", deny_unknown_fields)]
pub enum When {
    #[serde(rename = "lifecycle.activate")]
    Activate {},
    #[serde(rename = "lifecycle.deactivate")]
    Deactivate {},
    #[serde(rename = "lifecycle.update")]
    Update {
        /// The version that served before.
        from: String,
    },
    #[serde(rename = "settings.save")]
    SaveSettings { settings: Map<String, Value> },
    #[serde(rename = "settings.page")]
    SettingsPage {},
    #[serde(rename = "settings.test-connection")]
    TestConnection {
        #[serde(default)]
        settings: Map<String, Value>,
    },
    #[serde(rename = "product.save-product-data")]
    SaveProductData { data: Map<String, Value> },
    #[serde(rename = "product.save-service-data")]
    SaveServiceData { data: Map<String, Value> },
    #[serde(rename = "product.get-product-data")]
    GetProductData { data: Map<String, Value> },
    #[serde(rename = "product.get-service-data")]
    GetServiceData { data: Map<String, Value> },
    #[serde(rename = "product.product-page")]
    ProductPage { data: Map<String, Value> },
    #[serde(rename = "product.create")]
    Create {},
    #[serde(rename = "product.suspend")]
    Suspend {},
    #[serde(rename = "product.unsuspend")]
    Unsuspend {},
    #[serde(rename = "product.terminate")]
    Terminate {},
    #[serde(rename = "product.change-package")]
    ChangePackage {
        /// The other product's form.
        product: Map<String, Value>,
    },
    #[serde(rename = "product.run-action")]
    RunAction { action: String },
    #[serde(rename = "product.single-sign-on")]
    SingleSignOn {},
    #[serde(rename = "product.service-page")]
    ServicePage {},
    #[serde(rename = "product.usage")]
    Usage {},
    #[serde(rename = "client-area.variables")]
    Variables {
        tab: String,
        #[serde(default)]
        query: BTreeMap<String, String>,
    },
    #[serde(rename = "client-area.handle")]
    Handle {
        action: String,
        #[serde(default)]
        form: BTreeMap<String, String>,
    },
    #[serde(rename = "client-area.handle-static")]
    HandleStatic {
        action: String,
        #[serde(default)]
        query: BTreeMap<String, String>,
        #[serde(default)]
        form: BTreeMap<String, String>,
    },
    #[serde(rename = "admin.handle")]
    Admin {
        route: String,
        #[serde(default = "get")]
        method: Method,
        #[serde(default)]
        params: BTreeMap<String, String>,
        #[serde(default)]
        query: BTreeMap<String, String>,
        #[serde(default)]
        form: BTreeMap<String, String>,
        /// A document in place of a form.
        body: Option<Value>,
    },
    #[serde(rename = "jobs.run")]
    Job {
        method: String,
        #[serde(default)]
        payload: Value,
        #[serde(default = "first")]
        attempt: u32,
    },
    #[serde(rename = "hooks.on-event")]
    Event {
        name: String,
        #[serde(default)]
        payload: Value,
    },
    #[serde(rename = "payment.checkout")]
    Checkout {},
    /// A callback that the host has verified already.
    #[serde(rename = "payment.webhook")]
    Webhook {
        #[serde(default)]
        headers: BTreeMap<String, String>,
        #[serde(default)]
        form: BTreeMap<String, String>,
        /// A document in place of a form.
        body: Option<Value>,
    },
    /// The client comes back: `path` is `return` or `cancel`.
    #[serde(rename = "payment.returned")]
    Returned {
        #[serde(default = "back")]
        path: String,
        #[serde(default)]
        query: BTreeMap<String, String>,
        #[serde(default)]
        form: BTreeMap<String, String>,
    },
    #[serde(rename = "payment.reconcile")]
    Reconcile {},
    #[serde(rename = "payment.charge")]
    Charge { token: String },
    #[serde(rename = "payment.refund")]
    Refund { transaction: String, minor: i64 },
    /// A callback that the host has verified already.
    #[serde(rename = "notification.callback")]
    Callback {
        #[serde(default)]
        headers: BTreeMap<String, String>,
        #[serde(default)]
        query: BTreeMap<String, String>,
        #[serde(default)]
        form: BTreeMap<String, String>,
        /// A document in place of a form.
        body: Option<Value>,
    },
    #[serde(rename = "notification.send")]
    Send {
        /// The message's id; another each time where it is left out.
        id: Option<String>,
        to: String,
        phone: Option<String>,
        subject: String,
        text: String,
        html: Option<String>,
        #[serde(default)]
        data: Map<String, Value>,
        #[serde(default = "sender")]
        sender: String,
        #[serde(default = "event")]
        event: String,
        /// Whether it is for a client; else it is for staff.
        #[serde(default)]
        client: bool,
        #[serde(default)]
        attachments: Vec<Attached>,
    },
}

/// A file of a message.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attached {
    name: String,
    #[serde(default = "plain_text")]
    content_type: String,
    text: String,
}

impl From<&Attached> for notification::Attachment {
    fn from(file: &Attached) -> Self {
        let content =
            wit::Blob { content_type: file.content_type.clone(), bytes: file.text.clone().into_bytes() };
        Self { name: file.name.clone(), content }
    }
}

fn sender() -> String {
    "plugin/example".to_owned()
}

fn event() -> String {
    "notice".to_owned()
}

fn plain_text() -> String {
    "text/plain".to_owned()
}

fn get() -> Method {
    Method::Get
}

fn back() -> String {
    "return".to_owned()
}

fn first() -> u32 {
    1
}

impl When {
    /// Whether it is asked for by the panel, and so again where the panel does not know how it ended.
    pub(crate) fn is_verb(&self) -> bool {
        use When as W;
        matches!(
            self,
            W::Create {}
                | W::Suspend {}
                | W::Unsuspend {}
                | W::Terminate {}
                | W::ChangePackage { .. }
                | W::Webhook { .. }
                | W::Callback { .. }
        )
    }

    /// Whether it is looked at, and nothing is to come of it.
    pub(crate) fn is_shown(&self) -> bool {
        matches!(self, Self::ServicePage {} | Self::Variables { .. })
    }

    /// The export's name in the contract.
    #[must_use]
    pub fn export(&self) -> String {
        let spelt = serde_json::to_value(self).unwrap_or_default();
        spelt["call"].as_str().unwrap_or_default().to_owned()
    }

    /// Whether activating the module is what the scenario is about.
    pub(super) fn is_activation(&self) -> bool {
        matches!(self, Self::Activate {})
    }
}
