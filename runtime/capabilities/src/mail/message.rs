//! A guest's message as it goes over the wire. Nothing a guest wrote reaches a header or a command with a line break in it.

use lettre::address::{Address, Envelope};
use lettre::message::header::{ContentTransferEncoding, ContentType};
use lettre::message::{Attachment, Body, Mailbox, MessageBuilder, MultiPart, SinglePart};

use crate::bindings::caisson::module::mail::{Attachment as GuestAttachment, Message};

const RECIPIENTS_MAX: usize = 50;
const ATTACHMENTS_MAX: usize = 20;
const SUBJECT_MAX: usize = 500;
const NAME_MAX: usize = 200;
const ID_MAX: usize = 250;
/// As it goes over the wire: attachments grow by a third there.
const BYTES_MAX: usize = 10 * 1024 * 1024;

/// A message and who it is for.
#[derive(Debug)]
pub(super) struct Letter {
    pub(super) envelope: Envelope,
    pub(super) bytes: Vec<u8>,
}

/// # Errors
/// What is wrong with the message, in a sentence.
pub(super) fn letter(message: Message) -> Result<Letter, String> {
    let recipients = message.to.len();
    if recipients == 0 || recipients > RECIPIENTS_MAX {
        return Err(format!("a message has 1 to {RECIPIENTS_MAX} recipients, not {recipients}"));
    }
    let raw = message.text.as_ref().map_or(0, String::len)
        + message.html.as_ref().map_or(0, String::len)
        + message.attachments.iter().map(|one| one.content.bytes.len()).sum::<usize>();
    // Before anything of that size is copied.
    size(raw)?;
    let from = mailbox("from", &message.from)?;
    let id = message_id(message.message_id.as_deref(), from.email.domain())?;
    let mut builder: MessageBuilder = lettre::Message::builder()
        .subject(line("subject", &message.subject, SUBJECT_MAX)?)
        .message_id(Some(id))
        .from(from);
    for (index, recipient) in message.to.iter().enumerate() {
        builder = builder.to(mailbox(&format!("to[{index}]"), recipient)?);
    }
    if let Some(reply_to) = &message.reply_to {
        builder = builder.reply_to(mailbox("reply-to", reply_to)?);
    }
    let built = match (body(message.text, message.html)?, attachments(message.attachments)?) {
        (body, attached) if attached.is_empty() => match body {
            Content::One(part) => builder.singlepart(part),
            Content::Both(parts) => builder.multipart(parts),
        },
        (body, attached) => {
            let all = match body {
                Content::One(part) => MultiPart::mixed().singlepart(part),
                Content::Both(parts) => MultiPart::mixed().multipart(parts),
            };
            builder.multipart(attached.into_iter().fold(all, MultiPart::singlepart))
        }
    };
    let built = built.map_err(|error| format!("the message does not hold together: {error}"))?;
    let bytes = built.formatted();
    size(bytes.len())?;
    Ok(Letter { envelope: built.envelope().clone(), bytes })
}

enum Content {
    One(SinglePart),
    Both(MultiPart),
}

fn body(text: Option<String>, html: Option<String>) -> Result<Content, String> {
    match (text, html) {
        (Some(text), Some(html)) => Ok(Content::Both(MultiPart::alternative_plain_html(text, html))),
        (Some(text), None) => Ok(Content::One(SinglePart::plain(text))),
        (None, Some(html)) => Ok(Content::One(SinglePart::html(html))),
        (None, None) => Err("a message has text, html or both".to_owned()),
    }
}

fn attachments(given: Vec<GuestAttachment>) -> Result<Vec<SinglePart>, String> {
    if given.len() > ATTACHMENTS_MAX {
        return Err(format!("a message has at most {ATTACHMENTS_MAX} attachments, not {}", given.len()));
    }
    let part = |(index, attachment): (usize, GuestAttachment)| {
        let at = format!("attachments[{index}]");
        let name = line(&format!("{at}.name"), &attachment.name, NAME_MAX)?;
        let kind = line(&format!("{at}.content-type"), &attachment.content.content_type, NAME_MAX)?;
        let kind = ContentType::parse(&kind).map_err(|_| format!("{at}: '{kind}' is not a content type"))?;
        // Bytes arrive as they were: any other encoding is free to change line ends.
        let body = Body::new_with_encoding(attachment.content.bytes, ContentTransferEncoding::Base64)
            .map_err(|_| format!("{at} cannot be encoded"))?;
        Ok(Attachment::new(name).body(body, kind))
    };
    given.into_iter().enumerate().map(part).collect()
}

fn size(bytes: usize) -> Result<(), String> {
    if bytes > BYTES_MAX {
        return Err(format!(
            "a message has at most {BYTES_MAX} bytes with its attachments encoded, not {bytes}"
        ));
    }
    Ok(())
}

/// Text for a header: one line.
fn line(what: &str, text: &str, max: usize) -> Result<String, String> {
    if text.chars().any(char::is_control) {
        return Err(format!("{what} has a line break or another control character in it"));
    }
    if text.len() > max {
        return Err(format!("{what} has at most {max} bytes, not {}", text.len()));
    }
    Ok(text.to_owned())
}

/// `jo@example.com` or `Jo <jo@example.com>`.
fn mailbox(what: &str, text: &str) -> Result<Mailbox, String> {
    let text = line(what, text, 2 * NAME_MAX)?;
    let text = text.trim();
    let (name, address) = match text.strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
        Some((name, address)) => (name.trim().trim_matches('"').trim(), address),
        None => ("", text),
    };
    let wrong = || format!("{what} is not an address such as jo@example.com or Jo <jo@example.com>");
    // Quoted local parts may hold these; servers that read them wrongly are more than people who need them.
    if address.contains(['<', '>', '"', ' ', ',', ';']) {
        return Err(wrong());
    }
    let mut address: Address = address.parse().map_err(|_| wrong())?;
    if !address.domain().is_ascii() {
        let domain = url::Host::parse(address.domain()).map_err(|_| wrong())?.to_string();
        address = Address::new(address.user(), domain).map_err(|_| wrong())?;
    }
    Ok(Mailbox::new((!name.is_empty()).then(|| name.to_owned()), address))
}

/// The identifier given, or a new one under the sender's domain.
fn message_id(given: Option<&str>, domain: &str) -> Result<String, String> {
    let Some(given) = given else { return Ok(format!("<{}@{domain}>", uuid::Uuid::new_v4())) };
    let bare = given.strip_prefix('<').and_then(|id| id.strip_suffix('>')).unwrap_or(given);
    let plain = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>@()[]\\,;:\"".contains(&byte))
    };
    match bare.split_once('@') {
        Some((left, right)) if plain(left) && plain(right) && bare.len() <= ID_MAX => Ok(format!("<{bare}>")),
        _ => Err("message-id is one word, '@' and a domain, such as invoice-7@example.com".to_owned()),
    }
}
