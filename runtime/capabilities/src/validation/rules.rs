//! Reads rules: `required|string|max:255` into checks.

use std::collections::{BTreeMap, BTreeSet};

use regex::bytes::{Regex, RegexBuilder};

use super::fields::Path;
use super::number::Number;
use crate::bindings::caisson::module::validation::Rule;

const RULES_MAX: usize = 200;
const TEXT_MAX: usize = 4 * 1024;
const MESSAGE_MAX: usize = 1_000;
const REGEXES_MAX: usize = 32;
/// Of one compiled expression. Enough for a host name's; a Unicode class that is repeated 64 times is refused.
const REGEX_SIZE: usize = 512 * 1024;

/// What one field must be.
pub(super) struct Field<'r> {
    pub(super) path: Path,
    pub(super) checks: Vec<(Check, Option<&'r str>)>,
    pub(super) nullable: bool,
    pub(super) sometimes: bool,
    /// Texts are measured by the number they spell.
    pub(super) numeric: bool,
    pub(super) array: bool,
}

#[derive(Debug)]
pub(super) enum Check {
    Required,
    String,
    Integer,
    Numeric,
    Boolean,
    Array,
    Min(Number),
    Max(Number),
    Between(Number, Number),
    In(BTreeSet<String>),
    NotIn(BTreeSet<String>),
    Regex(Regex),
    Email,
    Ip,
    Ipv4,
    Ipv6,
    /// With these schemes.
    Url(Vec<String>),
    AlphaDash {
        ascii: bool,
    },
    Date,
    Confirmed(Path),
    Same(Path),
    Different(Path),
    Digits(usize),
    Uuid,
    Json,
}

/// Every field once, in the order they are first named. Rules given for a field again are added to its others.
pub(super) fn parse(rules: &[Rule]) -> Result<Vec<Field<'_>>, String> {
    if rules.len() > RULES_MAX {
        return Err(format!("there are {} rules; at most {RULES_MAX} are checked at once", rules.len()));
    }
    let mut fields: Vec<Field<'_>> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut regexes = 0;
    for rule in rules {
        let wrong = |reason: String| format!("field '{}': {reason}", crate::log::clip(&rule.field, TEXT_MAX));
        let message = rule.message.as_deref();
        if rule.rules.len() > TEXT_MAX {
            return Err(wrong(format!("its rules have more than {TEXT_MAX} bytes")));
        }
        if message.is_some_and(|message| message.len() > MESSAGE_MAX) {
            return Err(wrong(format!("its message has more than {MESSAGE_MAX} bytes")));
        }
        let place = match places.get(rule.field.as_str()) {
            Some(place) => *place,
            None => {
                fields.push(Field::new(Path::parse(&rule.field).map_err(wrong)?));
                places.insert(&rule.field, fields.len() - 1);
                fields.len() - 1
            }
        };
        for (name, arguments) in split(&rule.rules) {
            let named = |reason: String| wrong(format!("rule '{name}': {reason}"));
            if name == "regex" {
                regexes += 1;
                if regexes > REGEXES_MAX {
                    return Err(named(format!("there are more than {REGEXES_MAX} of it in one call")));
                }
            }
            fields[place].add(name, arguments, message).map_err(named)?;
        }
    }
    Ok(fields)
}

impl<'r> Field<'r> {
    fn new(path: Path) -> Self {
        Self { path, checks: Vec::new(), nullable: false, sometimes: false, numeric: false, array: false }
    }

    fn add(&mut self, name: &str, arguments: Option<&str>, message: Option<&'r str>) -> Result<(), String> {
        let check = match name {
            "nullable" | "sometimes" => {
                none(arguments)?;
                self.nullable |= name == "nullable";
                self.sometimes |= name == "sometimes";
                return Ok(());
            }
            "min" => Check::Min(number(some(arguments)?)?),
            "max" => Check::Max(number(some(arguments)?)?),
            "between" => match csv(some(arguments)?).as_slice() {
                [from, to] => {
                    let (from, to) = (number(from)?, number(to)?);
                    if from > to {
                        return Err("its first number is larger than its second".to_owned());
                    }
                    Check::Between(from, to)
                }
                _ => return Err("it takes two numbers, such as between:1,10".to_owned()),
            },
            "in" => Check::In(csv(some(arguments)?).into_iter().collect()),
            "not_in" => Check::NotIn(csv(some(arguments)?).into_iter().collect()),
            "regex" => Check::Regex(regex(some(arguments)?)?),
            "url" => Check::Url(arguments.map_or_else(
                || vec!["http".to_owned(), "https".to_owned()],
                |list| csv(list).iter().map(|scheme| scheme.to_ascii_lowercase()).collect(),
            )),
            "alpha_dash" => match arguments {
                None => Check::AlphaDash { ascii: false },
                Some("ascii") => Check::AlphaDash { ascii: true },
                Some(_) => return Err("it takes nothing, or ascii".to_owned()),
            },
            "same" => Check::Same(self.other(arguments)?),
            "different" => Check::Different(self.other(arguments)?),
            "digits" => match some(arguments)?.parse() {
                Ok(count @ 1..=1_000) => Check::Digits(count),
                _ => return Err("it takes a count of 1 to 1000, such as digits:6".to_owned()),
            },
            _ => {
                let check = self.plain(name).ok_or("there is no such rule")?;
                none(arguments)?;
                check?
            }
        };
        self.numeric |= matches!(check, Check::Integer | Check::Numeric);
        self.array |= matches!(check, Check::Array);
        self.checks.push((check, message));
        Ok(())
    }

    /// A rule that takes nothing.
    fn plain(&self, name: &str) -> Option<Result<Check, String>> {
        Some(Ok(match name {
            "required" => Check::Required,
            "string" => Check::String,
            "integer" => Check::Integer,
            "numeric" => Check::Numeric,
            "boolean" => Check::Boolean,
            "array" => Check::Array,
            "email" => Check::Email,
            "ip" => Check::Ip,
            "ipv4" => Check::Ipv4,
            "ipv6" => Check::Ipv6,
            "date" => Check::Date,
            "uuid" => Check::Uuid,
            "json" => Check::Json,
            "confirmed" => {
                let other = self.path.with_suffix("_confirmation");
                return Some(
                    other.map(Check::Confirmed).ok_or("the field has no name of its own".to_owned()),
                );
            }
            _ => return None,
        }))
    }

    fn other(&self, arguments: Option<&str>) -> Result<Path, String> {
        let other = Path::parse(some(arguments)?)?;
        if other.stars() > self.path.stars() {
            return Err(format!("'{other}' has more * than the field"));
        }
        Ok(other)
    }
}

fn none(arguments: Option<&str>) -> Result<(), String> {
    arguments.map_or(Ok(()), |_| Err("it takes no argument".to_owned()))
}

fn some(arguments: Option<&str>) -> Result<&str, String> {
    arguments.filter(|text| !text.is_empty()).ok_or_else(|| "it needs an argument after a colon".to_owned())
}

fn number(text: &str) -> Result<Number, String> {
    Number::parse(text).ok_or_else(|| format!("'{text}' is not a number"))
}

/// Names and arguments between the bars. The bars within a regular expression are its own.
fn split(text: &str) -> Vec<(&str, Option<&str>)> {
    let mut found = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = match rest.trim_start().strip_prefix("regex:") {
            Some(expression) => rest.len() - expression.len() + end_of_expression(expression),
            None => rest.find('|').unwrap_or(rest.len()),
        };
        let rule = rest[..end].trim();
        if let Some((name, arguments)) = rule.split_once(':') {
            found.push((name, Some(arguments)));
        } else if !rule.is_empty() {
            found.push((rule, None));
        }
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    found
}

/// Where the first bar after the closing slash is.
fn end_of_expression(text: &str) -> usize {
    let mut escaped = false;
    let closing = text.char_indices().skip(1).find(|(_, c)| {
        let closes = *c == '/' && !escaped;
        escaped = *c == '\\' && !escaped;
        closes
    });
    let after = closing.map_or(0, |(at, _)| at);
    text[after..].find('|').map_or(text.len(), |bar| after + bar)
}

/// Between commas; one that holds a comma stands in quotes.
fn csv(text: &str) -> Vec<String> {
    let mut values = vec![String::new()];
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let Some(value) = values.last_mut() else { break };
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                value.push('"');
            }
            '"' if quoted || value.is_empty() => quoted = !quoted,
            ',' if !quoted => values.push(String::new()),
            _ => value.push(c),
        }
    }
    values
}

/// `/…/` with PCRE's flags. Without `u` it matches bytes, and its classes are ASCII, as in PCRE.
fn regex(text: &str) -> Result<Regex, String> {
    let wrong = || "it takes an expression between slashes, such as regex:/^[a-z]+$/i".to_owned();
    let (expression, flags) =
        text.strip_prefix('/').and_then(|text| text.rsplit_once('/')).ok_or_else(wrong)?;
    let mut builder = RegexBuilder::new(expression);
    builder.unicode(false).size_limit(REGEX_SIZE).dfa_size_limit(REGEX_SIZE);
    for flag in flags.chars() {
        match flag {
            'i' => builder.case_insensitive(true),
            'm' => builder.multi_line(true),
            's' => builder.dot_matches_new_line(true),
            'x' => builder.ignore_whitespace(true),
            'u' => builder.unicode(true),
            _ => return Err(format!("there is no flag '{flag}'; the flags are i, m, s, u and x")),
        };
    }
    builder.build().map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => {
            "the expression is too large; leave lengths to min and max, and classes without the flag u"
                .to_owned()
        }
        other => format!("the expression cannot be used: {}", other.to_string().replace('\n', " ")),
    })
}
