//! Paths below a base address, and the encoding of what goes into them.

use std::fmt::Write;

/// Where a request goes, below the client's base address.
///
/// A text is taken as it stands. A list of segments is joined by `/`, each encoded: use it wherever a segment is not a
/// constant, and no name can climb out of its place.
pub trait IntoPath {
    fn into_path(self) -> String;
}

impl IntoPath for &str {
    fn into_path(self) -> String {
        self.to_owned()
    }
}

impl IntoPath for String {
    fn into_path(self) -> String {
        self
    }
}

impl<const N: usize> IntoPath for [&str; N] {
    fn into_path(self) -> String {
        let mut path = String::new();
        for (index, segment) in self.into_iter().enumerate() {
            if index > 0 {
                path.push('/');
            }
            match segment {
                // URL parsers take these for steps, encoded or not; a segment that is nothing but dots names nothing.
                "." | ".." => path.push_str(if segment == "." { "%252E" } else { "%252E%252E" }),
                _ => encode(&mut path, segment),
            }
        }
        path
    }
}

/// Percent-encodes all but the characters that stand for themselves everywhere (RFC 3986, section 2.3).
pub(super) fn encode(out: &mut String, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => {
                // Writing to a String cannot fail.
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
}

/// `name=value&…` with both sides encoded.
pub(super) fn encode_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut out = String::new();
    for (name, value) in pairs {
        if !out.is_empty() {
            out.push('&');
        }
        encode(&mut out, name);
        out.push('=');
        encode(&mut out, value);
    }
    out
}

/// One slash between base and path, whatever either brings.
pub(super) fn join(base: &str, path: &str) -> String {
    match (base.trim_end_matches('/'), path.trim_start_matches('/')) {
        (base, "") => base.to_owned(),
        (base, path) => format!("{base}/{path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_cannot_climb() {
        assert_eq!(["v1", "accounts", "../x?y#z"].into_path(), "v1/accounts/..%2Fx%3Fy%23z");
        assert_eq!(["accounts", ".."].into_path(), "accounts/%252E%252E");
        assert_eq!("v1/ping".into_path(), "v1/ping");
    }

    #[test]
    fn base_and_path_meet_in_one_slash() {
        for (base, path) in [("http://a/b", "c"), ("http://a/b/", "/c"), ("http://a/b", "/c")] {
            assert_eq!(join(base, path), "http://a/b/c");
        }
        assert_eq!(join("http://a/", ""), "http://a");
    }

    #[test]
    fn pairs_are_encoded_on_both_sides() {
        assert_eq!(encode_pairs([("a b", "1&2"), ("c", "ü")]), "a%20b=1%262&c=%C3%BC");
    }
}
