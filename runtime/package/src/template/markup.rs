//! The state machine over the parts of a template that are neither expression nor block.
//!
//! It follows the HTML standard's tokeniser on the markup it accepts and refuses the rest, so there is nothing to recover
//! from and nothing that two browsers could read differently. A piece ends where an expression or a block begins: names end
//! there too, so that no name can be put together of two pieces.

use std::collections::BTreeSet;

use super::attributes::{self, Rule};
use super::elements::{self, TEXTAREA};
use super::finding::{Fault, shown};
use super::state::{Place, State, Tag, Value};
use super::values;

/// Elements within elements. Browsers flatten what is nested some hundred deep, and no page needs it.
const MAX_OPEN: usize = 64;

/// A fault and its byte offset in the template.
pub(super) type Placed = (usize, Fault);

/// Reads one piece of markup from a state to the state after it. Faults after which reading can go on are collected.
///
/// # Errors
/// A fault after which nothing is known about the rest.
pub(super) fn read(state: State, piece: &str, at: usize, faults: &mut Vec<Placed>) -> Result<State, Placed> {
    let mut reader = Reader { piece, base: at, next: 0, open: state.open, faults };
    let mut place = state.place;
    while reader.next < piece.len() {
        place = match place {
            Place::Text => reader.text()?,
            Place::Tag(tag) => reader.tag(tag)?,
            Place::Value(tag, value) => reader.value(tag, value),
        };
    }
    Ok(State { open: reader.open, place })
}

struct Reader<'a> {
    piece: &'a str,
    base: usize,
    next: usize,
    open: Vec<&'static str>,
    faults: &'a mut Vec<Placed>,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.piece.get(self.next..).unwrap_or_default()
    }

    fn here(&self) -> usize {
        self.base + self.next
    }

    fn stop<T>(&self, message: impl Into<String>, mend: impl Into<String>) -> Result<T, Placed> {
        Err((self.here(), Fault::new(message, mend)))
    }

    /// Text up to the next tag, and that tag's beginning.
    fn text(&mut self) -> Result<Place, Placed> {
        let Some(found) = self.rest().find('<') else {
            self.next = self.piece.len();
            return Ok(Place::Text);
        };
        self.next += found;
        let rest = self.rest();
        let in_textarea = self.open.last() == Some(&TEXTAREA);
        if let Some(end) = rest.strip_prefix("</") {
            return self.end_tag(end).map(|()| Place::Text);
        }
        if in_textarea {
            return self.stop("a '<' stands in the text of a <textarea>", "write &lt;");
        }
        if let Some(comment) = rest.strip_prefix("<!--") {
            return self.comment(comment).map(|()| Place::Text);
        }
        if rest.starts_with("<!") || rest.starts_with("<?") {
            return self.stop(
                "a declaration stands in a view",
                "remove it: a view is a part of the panel's page, which has its own",
            );
        }
        self.start_tag(rest.get(1..).unwrap_or_default()).map(Place::Tag)
    }

    fn comment(&mut self, comment: &str) -> Result<(), Placed> {
        match comment.find("-->") {
            Some(end) => {
                let body = comment.get(..end).unwrap_or_default();
                let odd = body.starts_with('>')
                    || body.starts_with("->")
                    || body.contains("<!--")
                    || body.contains("--!>")
                    || body.ends_with("<!-");
                if odd {
                    return self.stop(
                        "an HTML comment is malformed",
                        "write {# ... #}, which is not sent to the browser",
                    );
                }
                self.next += "<!--".len() + end + "-->".len();
                Ok(())
            }
            None => self.stop(
                "an HTML comment holds an expression or a block, or is never closed",
                "write {# ... #}, which is not sent to the browser",
            ),
        }
    }

    fn start_tag(&mut self, after: &str) -> Result<Tag, Placed> {
        if !after.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return self.stop("a '<' begins no tag", "write &lt; for the character, and tag names literally");
        }
        let name = word(after, &['/', '>']);
        let element = elements::element(&name.to_ascii_lowercase()).map_err(|fault| (self.here(), fault))?;
        if self.open.len() >= MAX_OPEN {
            return self.stop(format!("elements nest more than {MAX_OPEN} deep"), "flatten the markup");
        }
        let at = self.here();
        self.next += 1 + name.len();
        Ok(Tag { element, at, attributes: BTreeSet::new(), just_ended: true, external: false, cut: false })
    }

    fn end_tag(&mut self, after: &str) -> Result<(), Placed> {
        let Some(end) = after.find('>') else {
            return self
                .stop("an end tag is not complete", "write it as </name>, without expressions or blocks");
        };
        let name = after.get(..end).unwrap_or_default().trim_ascii_end();
        match self.open.last() {
            Some(open) if name.eq_ignore_ascii_case(open) => {
                self.open.pop();
                self.next += "</".len() + end + 1;
                Ok(())
            }
            Some(open) => self.stop(
                format!("</{}> stands where <{open}> is open", shown(name)),
                format!("close <{open}> with </{open}> first"),
            ),
            None => self.stop(
                format!("</{}> closes nothing that this part of the template opened", shown(name)),
                "remove it, or open the element in the same branch, block or macro",
            ),
        }
    }

    /// One step inside a start tag: white space, its end, or an attribute's name.
    fn tag(&mut self, mut tag: Tag) -> Result<Place, Placed> {
        let rest = self.rest();
        match rest.as_bytes().first() {
            Some(byte) if is_space(*byte) => {
                tag.just_ended = false;
                self.next += 1;
                Ok(Place::Tag(tag))
            }
            Some(b'>') => {
                self.next += 1;
                self.finish(&tag);
                Ok(Place::Text)
            }
            Some(b'/') if rest.starts_with("/>") && tag.element.void => {
                self.next += 2;
                self.finish(&tag);
                Ok(Place::Text)
            }
            Some(b'/') => {
                let name = tag.element.name;
                self.stop(format!("a '/' does not close <{name}>"), format!("write <{name} ...></{name}>"))
            }
            _ => self.attribute(tag),
        }
    }

    fn finish(&mut self, tag: &Tag) {
        if tag.external && !tag.cut {
            self.faults.push((
                tag.at,
                Fault::new("a link leads out of the panel without a rel", "add rel=\"noopener noreferrer\""),
            ));
        }
        if !tag.element.void {
            self.open.push(tag.element.name);
        }
    }

    /// An attribute's name, and the quote after it where it has a value.
    fn attribute(&mut self, mut tag: Tag) -> Result<Place, Placed> {
        let rest = self.rest();
        let element = tag.element.name;
        if rest.starts_with('=') {
            return self.stop(
                format!("a '=' in <{element}> does not follow an attribute's name"),
                "write name=\"value\" without spaces or blocks around the '='",
            );
        }
        if tag.just_ended {
            return self.stop(
                format!("an attribute of <{element}> follows without a space"),
                "put a space before it, inside the branch if a block stands there",
            );
        }
        let written = word(rest, &['/', '>', '=']);
        if written.contains(['"', '\'', '<']) {
            return self.stop(
                format!("'{}' in <{element}> is not an attribute's name", shown(written)),
                "write name=\"value\"",
            );
        }
        let name = written.to_ascii_lowercase();
        let rule = attributes::rule(element, &name).unwrap_or_else(|fault| {
            self.faults.push((self.here(), fault));
            Rule::Text
        });
        if !tag.attributes.insert(name.clone()) {
            let fault =
                Fault::new(format!("<{element}> has the attribute '{name}' twice"), "keep one of them");
            self.faults.push((self.here(), fault));
        }
        self.next += written.len();
        let mut value = Value {
            name,
            rule,
            quote: b'"',
            at: self.here(),
            literal: String::new(),
            expressions: 0,
            begins_with_expression: false,
            branches: false,
        };
        let Some(after) = self.rest().strip_prefix('=') else {
            self.judge(&value);
            tag.just_ended = true;
            return Ok(Place::Tag(tag));
        };
        match after.as_bytes().first() {
            Some(quote @ (b'"' | b'\'')) => {
                value.quote = *quote;
                self.next += 2;
                Ok(Place::Value(tag, value))
            }
            _ => self.stop(
                format!("the value of '{}' on <{element}> is not quoted", value.name),
                format!("write {}=\"...\"", value.name),
            ),
        }
    }

    /// A value up to its closing quote, or to the end of the piece.
    fn value(&mut self, mut tag: Tag, mut value: Value) -> Place {
        let rest = self.rest();
        let end = rest.find(char::from(value.quote));
        let literal = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        value.literal.push_str(literal);
        self.next += literal.len();
        if end.is_none() {
            return Place::Value(tag, value);
        }
        self.next += 1;
        self.judge(&value);
        tag.external |= values::is_external(&value);
        tag.cut |= values::cuts_opener(&value);
        tag.just_ended = true;
        Place::Tag(tag)
    }

    fn judge(&mut self, value: &Value) {
        if let Err(fault) = values::check(value) {
            self.faults.push((value.at, fault));
        }
    }
}

/// What the HTML standard takes for white space.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0c)
}

/// The text up to white space or one of the given characters.
fn word<'a>(text: &'a str, ends: &[char]) -> &'a str {
    let end =
        text.find(|c: char| u8::try_from(c).is_ok_and(is_space) || ends.contains(&c)).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}
