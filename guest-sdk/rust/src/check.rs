//! Checks of a form, field by field, that report every error at once.
//!
//! The manifest's own rules (`required`, `min`, `options` …) are checked by the host before a form reaches the module; this is
//! for what they cannot say.

use std::fmt::Display;

use crate::{FieldError, Problem, Result};

/// Collects what a form got wrong.
///
/// ```
/// use caisson_guest::Check;
///
/// let mut check = Check::new();
/// check.text("domain", "example.org").required().domain();
/// check.number("disk_space", 0).at_least(1);
/// let problem = check.done().unwrap_err();
/// assert_eq!(problem.errors[0].field, "disk_space");
/// ```
#[derive(Debug, Default)]
pub struct Check {
    errors: Vec<FieldError>,
}

impl Check {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Begins the checks of a text. Each field reports its first error only.
    pub fn text<'a>(&'a mut self, field: &'a str, value: &'a str) -> Text<'a> {
        Text { field: Field { check: self, name: field, failed: false }, value }
    }

    /// Begins the checks of a number.
    pub fn number<'a, N: PartialOrd + Display + Copy>(
        &'a mut self,
        field: &'a str,
        value: N,
    ) -> Number<'a, N> {
        Number { field: Field { check: self, name: field, failed: false }, value }
    }

    /// Reports `message` at the field unless `holds`.
    pub fn that(&mut self, field: &str, holds: bool, message: impl Into<String>) -> &mut Self {
        if !holds {
            self.errors.push(FieldError { field: field.to_owned(), message: message.into() });
        }
        self
    }

    /// # Errors
    /// 422 with every error that was found.
    pub fn done(self) -> Result<()> {
        if self.errors.is_empty() { Ok(()) } else { Err(Problem::invalid(self.errors)) }
    }
}

#[derive(Debug)]
struct Field<'a> {
    check: &'a mut Check,
    name: &'a str,
    failed: bool,
}

impl Field<'_> {
    fn that(&mut self, holds: bool, message: impl FnOnce() -> String) {
        if !holds && !self.failed {
            self.failed = true;
            self.check.errors.push(FieldError { field: self.name.to_owned(), message: message() });
        }
    }
}

/// Checks of one text. Apart from [`Text::required`], all let an empty text pass.
#[derive(Debug)]
pub struct Text<'a> {
    field: Field<'a>,
    value: &'a str,
}

impl Text<'_> {
    fn rule(mut self, holds: impl FnOnce(&str) -> bool, message: impl FnOnce() -> String) -> Self {
        let holds = self.value.is_empty() || holds(self.value);
        self.field.that(holds, message);
        self
    }

    /// Not empty, and not only blanks.
    pub fn required(mut self) -> Self {
        self.field.that(!self.value.trim().is_empty(), || "This field is required.".to_owned());
        self
    }

    /// At least so many characters.
    pub fn min_length(self, min: usize) -> Self {
        self.rule(|text| text.chars().count() >= min, || format!("Must have at least {min} characters."))
    }

    /// At most so many characters.
    pub fn max_length(self, max: usize) -> Self {
        self.rule(|text| text.chars().count() <= max, || format!("May have at most {max} characters."))
    }

    /// One of the listed words.
    pub fn one_of(self, words: &[&str]) -> Self {
        self.rule(|text| words.contains(&text), || format!("Must be one of {}.", words.join(", ")))
    }

    /// A fully qualified domain name, with or without the dot at its end.
    pub fn domain(self) -> Self {
        self.rule(is_domain, || "Must be a domain name, such as example.org.".to_owned())
    }

    /// Whatever else a text must be.
    pub fn that(self, holds: impl FnOnce(&str) -> bool, message: &str) -> Self {
        self.rule(holds, || message.to_owned())
    }
}

/// Checks of one number.
#[derive(Debug)]
pub struct Number<'a, N> {
    field: Field<'a>,
    value: N,
}

impl<N: PartialOrd + Display + Copy> Number<'_, N> {
    pub fn at_least(mut self, min: N) -> Self {
        self.field.that(self.value >= min, || format!("Must be at least {min}."));
        self
    }

    pub fn at_most(mut self, max: N) -> Self {
        self.field.that(self.value <= max, || format!("Must be at most {max}."));
        self
    }
}

/// Two labels or more of letters, digits, hyphens (and `_` at a label's start), 253 characters in all. International names
/// are written in their `xn--` form.
#[must_use]
pub fn is_domain(text: &str) -> bool {
    let name = text.strip_suffix('.').unwrap_or(text);
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .strip_prefix('_')
                .unwrap_or(label)
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let last_is_no_number =
        name.rsplit('.').next().is_some_and(|label| label.bytes().any(|b| !b.is_ascii_digit()));
    name.len() <= 253 && name.contains('.') && last_is_no_number && name.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_reports_its_first_error() {
        let mut check = Check::new();
        check.text("name", " ").required().min_length(5);
        check.text("plan", "gold").one_of(&["basic", "premium"]);
        check.text("note", "").min_length(3);
        check.number("size", 11).at_least(1).at_most(10);
        check.that("terms", false, "Accept the terms.");
        let problem = check.done().unwrap_err();
        let said: Vec<_> = problem.errors.iter().map(|e| format!("{}: {}", e.field, e.message)).collect();
        assert_eq!(
            said,
            [
                "name: This field is required.",
                "plan: Must be one of basic, premium.",
                "size: Must be at most 10.",
                "terms: Accept the terms.",
            ]
        );
        assert_eq!(problem.code, 422);
    }

    #[test]
    fn domains() {
        for good in ["example.org", "a.b.example.org.", "xn--bcher-kva.example", "_dmarc.example.org"] {
            assert!(is_domain(good), "{good}");
        }
        let long = format!("{}.org", "a".repeat(64));
        for bad in ["example", "-a.org", "a-.org", "a..org", "a b.org", "192.0.2.1", "a.org/", "ä.org", &long]
        {
            assert!(!is_domain(bad), "{bad}");
        }
    }
}
