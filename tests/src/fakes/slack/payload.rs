//! What is a message: the blocks and the limits of Slack's reference, as far as webhooks take them.

use serde::Deserialize;
use serde_json::Value;

const SECTION_MAX: usize = 3_000;
const FIELD_MAX: usize = 2_000;
const FIELDS_MAX: usize = 10;
const BLOCKS_MAX: usize = 50;
const ATTACHMENTS_MAX: usize = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Message {
    #[serde(default)]
    text: String,
    #[serde(default)]
    attachments: Vec<Attachment>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Attachment {
    color: String,
    #[serde(default, rename = "fallback")]
    _fallback: String,
    blocks: Vec<Block>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum Block {
    Section {
        text: Option<Text>,
        #[serde(default)]
        fields: Vec<Text>,
    },
    Context {
        elements: Vec<Text>,
    },
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum Text {
    PlainText {
        text: String,
        #[serde(default, rename = "emoji")]
        _emoji: bool,
    },
    Mrkdwn {
        text: String,
    },
}

impl Text {
    fn fits(&self, max: usize) -> bool {
        let (Self::PlainText { text, .. } | Self::Mrkdwn { text }) = self;
        (1..=max).contains(&text.chars().count())
    }
}

impl Block {
    fn fits(&self) -> bool {
        match self {
            Self::Section { text: None, fields } if fields.is_empty() => false,
            Self::Section { text, fields } => {
                text.iter().all(|text| text.fits(SECTION_MAX))
                    && fields.len() <= FIELDS_MAX
                    && fields.iter().all(|field| field.fits(FIELD_MAX))
            }
            Self::Context { elements } => {
                (1..=FIELDS_MAX).contains(&elements.len()) && elements.iter().all(|one| one.fits(FIELD_MAX))
            }
        }
    }
}

/// The message, or the word that Slack has for what is wrong with it.
pub(super) fn read(body: &[u8]) -> Result<Value, &'static str> {
    let message: Message = serde_json::from_slice(body).map_err(|_| "invalid_payload")?;
    if message.text.is_empty() && message.attachments.is_empty() {
        return Err("no_text");
    }
    if message.attachments.len() > ATTACHMENTS_MAX {
        return Err("too_many_attachments");
    }
    let is_colour = |text: &str| {
        text.len() == 7 && text.starts_with('#') && text[1..].bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let fits = |one: &Attachment| {
        is_colour(&one.color) && one.blocks.len() <= BLOCKS_MAX && one.blocks.iter().all(Block::fits)
    };
    if !message.attachments.iter().all(fits) {
        return Err("invalid_payload");
    }
    serde_json::from_slice(body).map_err(|_| "invalid_payload")
}
