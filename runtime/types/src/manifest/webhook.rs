//! `[webhook]`: how a payment gateway, or a channel's provider, proves that a callback is its own. The host checks it, so that no module can forget to.

use serde::{Deserialize, Serialize};

use crate::status::words;

/// Seconds that a signed time may lie in the past or in the future.
const TOLERANCE_S: u32 = 300;
/// The most that a manifest may ask for: what is accepted for a day can be replayed for a day.
const TOLERANCE_MAX_S: u32 = 3_600;
/// Fields that a signature may cover.
const FIELDS_MAX: usize = 32;

/// How a payment gateway, or the provider of a notification module, proves that a callback is its own: the scheme, and where its parts stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "scheme", rename_all = "kebab-case", deny_unknown_fields)]
pub enum WebhookScheme {
    /// HMAC-SHA256 over the body, or over a time and the body.
    HmacSha256(HmacWebhook),
    /// `webhook-id`, `webhook-timestamp` and `webhook-signature`, as www.standardwebhooks.com has them.
    StandardWebhooks(SecretWebhook),
    /// `Stripe-Signature`.
    Stripe(SecretWebhook),
    /// A JSON body whose `sign` is the SHA-384 of some of its fields and a shared secret, as Przelewy24 sends it.
    Sha384Sign(SignWebhook),
    /// `X-Twilio-Signature`: the address that was called, and the fields of a form.
    Twilio(TokenWebhook),
    /// HTTP Basic: it proves who calls, and nothing about what is said.
    Basic(BasicWebhook),
}

/// `scheme = "hmac-sha256"`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct HmacWebhook {
    /// Key of a secret setting.
    pub secret: String,
    /// The header that carries the signature.
    pub signature_header: String,
    /// Stands before the signature in its header, such as `sha256=`.
    #[serde(default)]
    pub prefix: String,
    /// The header that carries the Unix time in seconds; needed where it is signed.
    pub timestamp_header: Option<String>,
    /// How the signature is written.
    #[serde(default)]
    pub encoding: Encoding,
    /// What is signed.
    #[serde(default)]
    pub signed: Signed,
    /// Seconds that a signed time may lie in the past or in the future.
    #[serde(default = "tolerance")]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = TOLERANCE_MAX_S)))]
    pub tolerance_s: u32,
}

words! {
    /// How a signature is written.
    #[derive(Default)]
    Encoding ("encoding") {
        #[default]
        /// Hexadecimal, in either case.
        Hex = "hex",
        /// Base64 with padding.
        Base64 = "base64",
    }
}

words! {
    /// What is signed.
    #[derive(Default)]
    Signed ("signed text") {
        /// The body alone: whoever has a copy can send it again.
        Body = "{body}",
        /// The time, a full stop, and the body.
        #[default]
        TimestampAndBody = "{timestamp}.{body}",
    }
}

/// A scheme that needs nothing but its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SecretWebhook {
    /// Key of a secret setting.
    pub secret: String,
    /// Seconds that a signed time may lie in the past or in the future.
    #[serde(default = "tolerance")]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = TOLERANCE_MAX_S)))]
    pub tolerance_s: u32,
}

/// `scheme = "sha384-sign"`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SignWebhook {
    /// Key of a secret setting: the last member of what is signed.
    pub secret: String,
    /// The secret's name there.
    #[serde(default = "crc")]
    pub secret_name: String,
    /// Members of the body that are signed, in this order.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = FIELDS_MAX)))]
    pub fields: Vec<String>,
    /// The member that holds the signature.
    #[serde(default = "sign")]
    pub sign: String,
}

/// A scheme that signs no time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TokenWebhook {
    /// Key of a secret setting.
    pub secret: String,
}

/// `scheme = "basic"`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BasicWebhook {
    /// The user name that the gateway sends.
    pub user: String,
    /// Key of a secret setting: the password.
    pub secret: String,
}

fn tolerance() -> u32 {
    TOLERANCE_S
}

fn crc() -> String {
    "crc".to_owned()
}

fn sign() -> String {
    "sign".to_owned()
}

impl WebhookScheme {
    /// The setting that holds the secret.
    #[must_use]
    pub fn secret(&self) -> &str {
        match self {
            Self::HmacSha256(hmac) => &hmac.secret,
            Self::StandardWebhooks(one) | Self::Stripe(one) => &one.secret,
            Self::Sha384Sign(sign) => &sign.secret,
            Self::Twilio(one) => &one.secret,
            Self::Basic(basic) => &basic.secret,
        }
    }

    /// What does not hold together, if anything.
    pub(super) fn check(&self) -> Result<(), String> {
        match self {
            Self::HmacSha256(hmac) => {
                header(&hmac.signature_header)?;
                hmac.timestamp_header.as_deref().map_or(Ok(()), header)?;
                if hmac.signed == Signed::TimestampAndBody && hmac.timestamp_header.is_none() {
                    return Err("a signed time needs timestamp_header; or say signed = \"{body}\"".to_owned());
                }
                within(hmac.tolerance_s)
            }
            Self::StandardWebhooks(one) | Self::Stripe(one) => within(one.tolerance_s),
            Self::Sha384Sign(sign) if sign.fields.is_empty() || sign.fields.len() > FIELDS_MAX => {
                Err(format!("fields names 1 to {FIELDS_MAX} members of the body, or nothing of it is signed"))
            }
            Self::Sha384Sign(sign)
                if sign.fields.iter().any(|field| *field == sign.secret_name || *field == sign.sign) =>
            {
                Err("fields must not name the secret or the signature itself".to_owned())
            }
            Self::Sha384Sign(_) | Self::Twilio(_) => Ok(()),
            Self::Basic(basic) if basic.user.is_empty() || basic.user.contains(':') => {
                Err("user must not be empty or hold a ':'".to_owned())
            }
            Self::Basic(_) => Ok(()),
        }
    }
}

fn header(name: &str) -> Result<(), String> {
    let plain = (1..=64).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    let ours = ["cookie", "authorization", "host"].iter().any(|other| name.eq_ignore_ascii_case(other));
    if plain && !ours { Ok(()) } else { Err(format!("'{name}' is not a header that can carry this")) }
}

fn within(tolerance_s: u32) -> Result<(), String> {
    if (1..=TOLERANCE_MAX_S).contains(&tolerance_s) {
        Ok(())
    } else {
        Err(format!("tolerance_s is 1 to {TOLERANCE_MAX_S}, not {tolerance_s}"))
    }
}
