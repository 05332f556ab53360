//! Secrets that were written into files: what is packed or pushed is public.

use std::sync::LazyLock;

use regex::Regex;

use super::codes::Code;
use super::finding::Finding;
use super::subject::Subject;

/// A line that says so is passed over.
const PASSED_OVER: &str = "not-a-secret";
/// Characters of a secret that are shown.
const SHOWN: usize = 4;
/// Shortest text that may be a secret, and how mixed it must be: bits per character. Words and names stay below.
const MIN_LENGTH: usize = 12;
const MIN_BITS: f64 = 3.0;

/// Marks of a private key.
static KEYS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    compiled(&[
        r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----",
        r"untrusted comment: \S+ encrypted secret key",
        r"PuTTY-User-Key-File-\d",
    ])
});

/// Tokens that say by themselves whose they are.
static TOKENS: LazyLock<Vec<(&'static str, Regex)>> = LazyLock::new(|| {
    let kinds = [
        ("an AWS access key", r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
        ("a Stripe key", r"\b(?:sk|rk)_live_[0-9A-Za-z]{16,}"),
        ("a Stripe webhook secret", r"\bwhsec_[0-9A-Za-z+/=]{24,}"),
        ("a GitHub token", r"\bgh[pousr]_[0-9A-Za-z]{36,}"),
        ("a GitHub token", r"\bgithub_pat_[0-9A-Za-z_]{40,}"),
        ("a GitLab token", r"\bglpat-[0-9A-Za-z_-]{20,}"),
        ("a Slack token", r"\bxox[abposr]-[0-9A-Za-z-]{16,}"),
        ("a Slack webhook", r"https://hooks\.slack\.com/services/T[0-9A-Z]+/B[0-9A-Z]+/[0-9A-Za-z]{16,}"),
        ("a Google API key", r"\bAIza[0-9A-Za-z_-]{35}"),
        ("a DigitalOcean token", r"\bdo[opr]_v1_[0-9a-f]{64}\b"),
        ("a SendGrid key", r"\bSG\.[0-9A-Za-z_-]{22}\.[0-9A-Za-z_-]{43}"),
        ("an npm token", r"\bnpm_[0-9A-Za-z]{36}\b"),
        ("a Twilio key", r"\bSK[0-9a-f]{32}\b"),
    ];
    kinds.into_iter().filter_map(|(what, pattern)| Some((what, Regex::new(pattern).ok()?))).collect()
});

/// A text that is given to a name such as `api_key`.
static ASSIGNED: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    compiled(&[
        r#"(?i)([a-z0-9_-]*(?:passwd|password|secret|token|api[_-]?key|access[_-]?key|private[_-]?key)[a-z0-9_-]*)["']?\s*(?::\s*&?(?:'static )?(?:str|string)\s*)?(?:=>|:=|=|:)\s*["'`]([^"'`\s]+)["'`]"#,
    ])
});

fn compiled(patterns: &[&str]) -> Vec<Regex> {
    patterns.iter().filter_map(|pattern| Regex::new(pattern).ok()).collect()
}

pub(super) fn check(subject: &Subject, findings: &mut Vec<Finding>) {
    for (path, text) in &subject.texts {
        for (number, line) in text.lines().enumerate() {
            if !line.contains(PASSED_OVER)
                && let Some(finding) = of_line(line)
            {
                findings.push(finding.at(path, number + 1));
            }
        }
    }
}

/// The gravest thing in a line: one place is told once.
fn of_line(line: &str) -> Option<Finding> {
    let mend = "revoke it, since whoever saw this file has it, and let an administrator enter it as a secret setting";
    if KEYS.iter().any(|pattern| pattern.is_match(line)) {
        let mend = "take the key out of the folder, and replace it where it is used";
        return Some(Finding::new(Code::PrivateKey, "a private key begins here", mend));
    }
    for (what, pattern) in &*TOKENS {
        if let Some(found) = pattern.find(line) {
            let message = format!("'{}' looks like {what}", masked(found.as_str()));
            return Some(Finding::new(Code::ProviderToken, message, mend));
        }
    }
    ASSIGNED.iter().flat_map(|pattern| pattern.captures_iter(line)).find_map(|found| {
        let (name, value) = (found.get(1)?.as_str(), found.get(2)?.as_str());
        let message = format!("'{name}' is given '{}', which looks random", masked(value));
        let mend = "let an administrator enter it as a secret setting; where it is none, say not-a-secret on the line";
        looks_random(value).then(|| Finding::new(Code::HardcodedSecret, message, mend))
    })
}

/// Its beginning, and how long it is.
fn masked(secret: &str) -> String {
    let count = secret.chars().count();
    format!("{}… ({count} characters)", secret.chars().take(SHOWN.min(count / 4)).collect::<String>())
}

/// Mixed as no word is: letters and digits, and no place for something else.
fn looks_random(text: &str) -> bool {
    let has = |what: fn(char) -> bool| text.chars().any(what);
    let placeholder = ["${", "{{", "<", "example", "changeme", "settings.", "://", "..."];
    text.chars().count() >= MIN_LENGTH
        && has(|c| c.is_ascii_digit())
        && has(|c| c.is_ascii_alphabetic())
        && !placeholder.iter().any(|part| text.to_lowercase().contains(part))
        && bits_per_character(text) >= MIN_BITS
}

/// Shannon's entropy.
fn bits_per_character(text: &str) -> f64 {
    let mut counts = std::collections::BTreeMap::new();
    text.chars().for_each(|c| *counts.entry(c).or_insert(0_u32) += 1);
    let length = f64::from(counts.values().sum::<u32>());
    counts.values().map(|count| f64::from(*count) / length).map(|share| -share * share.log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In two parts, so that this file holds none.
    fn line(parts: [&str; 2]) -> String {
        parts.concat()
    }

    #[test]
    fn secrets_are_known_by_their_form_and_never_shown_whole() {
        let cases = [
            (line(["-----BEGIN RSA PRIVATE", " KEY-----"]), Code::PrivateKey),
            (line(["-----BEGIN PRIVATE", " KEY-----"]), Code::PrivateKey),
            (line(["untrusted comment: minisign encrypted", " secret key"]), Code::PrivateKey),
            (line(["let key = \"AKIA", "IOSFODNN7ABCDEFG\";"]), Code::ProviderToken),
            (line(["stripe: sk_live", "_4eC39HqLyjWDarjtT1zdp7dc"]), Code::ProviderToken),
            (line(["ghp_", "16C7e42F292c6912E7710c838347Ae178B4a"]), Code::ProviderToken),
            (line(["xoxb-", "1234567890-abcdefGHIJKL"]), Code::ProviderToken),
            (
                line(["https://hooks.slack.com/services/T0000", "0000/B00000000/aaaaBBBBccccDDDDeeeeFFFF"]),
                Code::ProviderToken,
            ),
            (line(["const API_TOKEN: &str = \"8f14e45f", "ceea167a5a36\";"]), Code::HardcodedSecret),
            (line(["api_key = 'q9Xz3", "LmP0vTr7Wb'"]), Code::HardcodedSecret),
            (line(["\"password\": \"hV7!kz", "92Qm#xPd\""]), Code::HardcodedSecret),
        ];
        for (line, code) in cases {
            let finding = of_line(&line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(finding.code, code, "{line}");
            for secret in line.split(['"', '\'']).filter(|part| part.len() >= MIN_LENGTH) {
                assert!(!finding.to_string().contains(secret), "{finding}");
            }
        }
    }

    #[test]
    fn words_and_references_are_no_secrets() {
        for line in [
            "key = \"api_token\"",
            "secrets = [\"api_key\"]",
            "let api = Client::from_setting(\"api_base\")?.bearer_setting(\"token\");",
            "password = \"correct-horse-battery\"",
            "token: \"settings.token_2024\"",
            "bearer=\"token\"",
            "password: \"<your password 1234>\"",
            "token = \"${TOKEN_2024_ABCDEFG}\"",
            "api_key = \"changeme-12345678\"",
            "-----BEGIN CERTIFICATE-----",
            "-----BEGIN PUBLIC KEY-----",
        ] {
            assert_eq!(of_line(line), None, "{line}");
        }
    }
}
