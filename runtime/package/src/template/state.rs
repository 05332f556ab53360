//! Where in the markup a point of the template is, on every path that leads there.

use std::collections::BTreeSet;

use super::attributes::Rule;
use super::elements::{Element, TEXTAREA};
use super::finding::Fault;

/// The markup before a point.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    /// Elements that are open, outermost first.
    pub(super) open: Vec<&'static str>,
    pub(super) place: Place,
}

/// Where the point is.
#[derive(Clone, Debug, Default)]
pub(super) enum Place {
    /// Between tags.
    #[default]
    Text,
    /// Inside a start tag, after its name or after an attribute.
    Tag(Tag),
    /// Inside an attribute's quotes.
    Value(Tag, Value),
}

/// A start tag up to the point.
#[derive(Clone, Debug)]
pub(super) struct Tag {
    pub(super) element: Element,
    /// Byte offset of its `<`, which tells it from every other tag.
    pub(super) at: usize,
    /// Attributes met on any path.
    pub(super) attributes: BTreeSet<String>,
    /// Whether a name or a value has just ended, so that white space or the tag's end must follow.
    pub(super) just_ended: bool,
    /// Leads out of the panel on some path.
    pub(super) external: bool,
    /// Has a `rel` that cuts the way back, on every path.
    pub(super) cut: bool,
}

/// An attribute's value up to the point.
#[derive(Clone, Debug)]
pub(super) struct Value {
    pub(super) name: String,
    pub(super) rule: Rule,
    pub(super) quote: u8,
    /// Byte offset of its opening quote.
    pub(super) at: usize,
    /// The parts that are not expressions.
    pub(super) literal: String,
    pub(super) expressions: usize,
    pub(super) begins_with_expression: bool,
    /// Whether a part of it depends on a block.
    pub(super) branches: bool,
}

impl State {
    /// Whether the point is in the contents of a `<textarea>`, where tags are text.
    pub(super) fn in_textarea(&self) -> bool {
        matches!(self.place, Place::Text) && self.open.last() == Some(&TEXTAREA)
    }

    /// Whether markup may begin at the point.
    pub(super) fn takes_markup(&self) -> bool {
        matches!(self.place, Place::Text) && !self.in_textarea()
    }

    /// Told that a block begins or ends at the point.
    pub(super) fn meet_block(&mut self) {
        if let Place::Value(_, value) = &mut self.place {
            value.branches = true;
        }
    }

    /// What is known where two paths meet.
    ///
    /// # Errors
    /// Where the paths have left the markup in different places.
    pub(super) fn join(self, other: Self) -> Result<Self, Fault> {
        if self.open != other.open {
            let deeper = if self.open.len() >= other.open.len() { &self.open } else { &other.open };
            let name = deeper.last().copied().unwrap_or_default();
            return Err(Fault::new(
                format!("the paths through this block disagree on whether <{name}> is open"),
                "open and close an element inside the same branch",
            ));
        }
        let place = match (self.place, other.place) {
            (Place::Text, Place::Text) => Place::Text,
            (Place::Tag(a), Place::Tag(b)) if a.at == b.at => Place::Tag(a.join(b)),
            (Place::Value(a, value), Place::Value(b, same)) if a.at == b.at && value.at == same.at => {
                Place::Value(a.join(b), value.join(&same))
            }
            _ => {
                return Err(Fault::new(
                    "a tag or a value that this block begins or ends goes on outside of it",
                    "begin and end a tag, and the quotes of a value, inside the same branch",
                ));
            }
        };
        Ok(Self { open: self.open, place })
    }

    /// Refuses an end in the middle of something.
    pub(super) fn must_be_complete(&self, what: &str) -> Result<(), Fault> {
        match (&self.place, self.open.last()) {
            (Place::Tag(tag), _) | (Place::Value(tag, _), _) => Err(Fault::new(
                format!("{what} ends inside the tag <{}>", tag.element.name),
                "close the tag with '>'",
            )),
            (Place::Text, Some(name)) => Err(Fault::new(
                format!("{what} ends while <{name}> is open"),
                format!("add </{name}> where it should end"),
            )),
            (Place::Text, None) => Ok(()),
        }
    }
}

impl Tag {
    fn join(mut self, other: Self) -> Self {
        self.attributes.extend(other.attributes);
        self.just_ended |= other.just_ended;
        self.external |= other.external;
        self.cut &= other.cut;
        self
    }
}

impl Value {
    fn join(mut self, other: &Self) -> Self {
        self.branches = true;
        self.expressions = self.expressions.max(other.expressions);
        self.begins_with_expression |= other.begins_with_expression;
        // Only one path's text is kept: no rule that looks at the text lets a value with branches pass.
        self
    }
}
