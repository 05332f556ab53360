//! The module's own words: `lang/<locale>.ftl` must parse as Fluent, and hold what its formatter can take.

mod messages;

use std::collections::BTreeMap;

use fluent_syntax::parser::{self, ParserError};

/// Opening brackets of one message. The parser recurses once for each that is still open, so their number bounds its depth.
const MAX_BRACKETS: usize = 150;

/// What is wrong with a strings file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("lang/{locale}.ftl, line {line}: {message}")]
pub struct StringsError {
    pub locale: String,
    pub line: usize,
    pub message: String,
}

/// Checks every strings file of a package.
///
/// # Errors
/// The first file that does not parse, with the line.
pub fn check_strings(strings: &BTreeMap<String, String>) -> Result<(), StringsError> {
    for (locale, text) in strings {
        let wrong = |at: usize, message: String| StringsError {
            locale: locale.clone(),
            line: text.get(..at).unwrap_or(text).matches('\n').count() + 1,
            message,
        };
        if let Some(at) = too_many_brackets(text) {
            return Err(wrong(
                at,
                format!("a message has more than {MAX_BRACKETS} opening brackets; split it"),
            ));
        }
        match parser::parse(text.as_str()) {
            Ok(resource) => messages::check(&resource)
                .map_err(|(id, message)| wrong(last_beginning_of(id, text), message))?,
            Err((_, errors)) => {
                if let Some(ParserError { pos, kind, .. }) = errors.first() {
                    return Err(wrong(pos.start, kind.to_string()));
                }
            }
        }
    }
    Ok(())
}

/// Where a message opens more brackets than allowed, closed or not: what closes and what is quoted only the parser knows.
fn too_many_brackets(text: &str) -> Option<usize> {
    let mut brackets: usize = 0;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if begun_message(line).is_some() {
            brackets = 0;
        }
        brackets += line.bytes().filter(|byte| matches!(byte, b'{' | b'(')).count();
        if brackets > MAX_BRACKETS {
            return Some(at);
        }
        at += line.len();
    }
    None
}

/// The name of a line that reads `name =` from its first column. Wherever the parser stands, that line ends what it was
/// reading.
fn begun_message(line: &str) -> Option<&str> {
    let name = line.strip_prefix('-').unwrap_or(line);
    let rest = name.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    let begins =
        name.starts_with(|c: char| c.is_ascii_alphabetic()) && rest.trim_start_matches(' ').starts_with('=');
    begins.then(|| &name[..name.len() - rest.len()])
}

/// Where the message begins, at its last place: the one to mend where there are two.
fn last_beginning_of(id: &str, text: &str) -> usize {
    let mut at = 0;
    let mut found = 0;
    for line in text.split_inclusive('\n') {
        if begun_message(line) == Some(id) {
            found = at;
        }
        at += line.len();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<(), String> {
        let strings = BTreeMap::from([("en".to_owned(), text.to_owned())]);
        check_strings(&strings).map_err(|error| error.to_string())
    }

    #[test]
    fn fluent_is_accepted() {
        let text = "-brand = DNS\nzone = { -brand } zone \"{ $name }\"\n    .hint = A name\n# A comment\nrecords =\n    { $n ->\n        [one] One record\n       *[other] { NUMBER($n) } records\n    }\n";
        assert_eq!(check(text), Ok(()));
    }

    #[test]
    fn what_is_no_fluent_is_refused_with_its_line() {
        let error = check("a = A\nb = { \n").unwrap_err();
        assert!(error.starts_with("lang/en.ftl, line "), "{error}");
        let error = check("a = A\nno equals sign\n").unwrap_err();
        assert!(error.starts_with("lang/en.ftl, line 2: "), "{error}");
    }

    #[test]
    fn what_the_formatter_does_not_survive_is_refused_with_its_line() {
        let _case = caisson_threats::case(32, "what the formatter does not survive is refused with its line");
        let cases = [
            ("a = A\na = B\n", 2, "'a' stands here twice"),
            ("-a = A\n\na = B\n", 3, "'a' stands here twice"),
            ("a = { { b } }\n", 1, "brackets within brackets"),
            ("a = { 1 ->\n   *[other] { b }\n }\n", 1, "by a constant"),
            ("a = { 1234567890.123456 }\n", 1, "15 characters"),
            ("a = { $n ->\n    [1234567890123456] x\n   *[other] y\n }\n", 1, "15 characters"),
            ("b = B\na = { NUMBER(b) }\n", 2, "neither a variable nor a constant"),
            ("a = { NUMBER($a, $b) }\n", 1, "takes one value"),
            ("a = { -t(b) }\n", 1, "named arguments only"),
            ("a = { DATETIME($d) }\n", 1, "there is no function DATETIME"),
            ("a =\n    .b = { F($d) }\n", 1, "there is no function F"),
        ];
        for (text, line, part) in cases {
            let error = check(text).unwrap_err();
            assert!(error.starts_with(&format!("lang/en.ftl, line {line}: ")), "{error}");
            assert!(part.split(' ').all(|word| error.contains(word)), "{error}");
        }
        assert_eq!(
            check(
                "-t = T { $x }\na = { -t(x: \"y\") }{ \"\" }{ { $n } }{ $n ->\n    [0] b\n   *[other] { a }\n }\n"
            ),
            Ok(())
        );
    }

    #[test]
    fn nesting_that_would_exhaust_the_stack_is_refused_before_parsing() {
        let _case =
            caisson_threats::case(32, "nesting that would exhaust the stack is refused before parsing");
        for open in ["{", "F(", "F(\n", "\"\" {", "F(\"}\", "] {
            let error = check(&format!("a = {{ {}", open.repeat(60_000))).unwrap_err();
            assert!(error.contains("150 opening brackets"), "{error}");
        }
        let deepest = format!("a = {}1{}\n", "{".repeat(MAX_BRACKETS), "}".repeat(MAX_BRACKETS));
        assert_eq!(check(&deepest.repeat(2).replacen("a =", "b =", 1)), Ok(()));
    }
}
