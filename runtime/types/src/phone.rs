use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A telephone number in E.164, such as `+48123456789`: a country code and at most 15 digits in all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

/// Digits of a number, its country code among them.
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a telephone number is written with its country code, such as +48 123 456 789")]
pub struct InvalidPhone;

impl Phone {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Phone {
    type Err = InvalidPhone;

    /// Takes what people put between digits: blanks, hyphens, dots and parentheses.
    fn from_str(text: &str) -> Result<Self, InvalidPhone> {
        let between = |c: &char| !matches!(c, ' ' | '\u{a0}' | '-' | '.' | '(' | ')');
        let plain: String = text.trim().chars().filter(between).collect();
        let digits = plain.strip_prefix('+').ok_or(InvalidPhone)?;
        // No country's code begins with a zero.
        let whole = DIGITS.contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
        if whole { Ok(Self(plain)) } else { Err(InvalidPhone) }
    }
}

impl TryFrom<String> for Phone {
    type Error = InvalidPhone;

    fn try_from(text: String) -> Result<Self, InvalidPhone> {
        text.parse()
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> Self {
        phone.0
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for written in ["+48123456789", " +48 123-456-789 ", "+48 (12) 345.67.89", "+48\u{a0}123456789"] {
            assert_eq!(written.parse::<Phone>().unwrap().as_str(), "+48123456789", "{written}");
        }
        for wrong in [
            "",
            "+",
            "123456789",
            "0048123456789",
            "+0123456789",
            "+48abc456789",
            "+123456",
            "+1234567890123456",
            "++48123456789",
        ] {
            assert_eq!(wrong.parse::<Phone>(), Err(InvalidPhone), "{wrong}");
        }
    }
}
