//! Names: without a dot at the end for people, with one for the server.

/// Lower case, without spaces around and without the dot at the end.
pub(crate) fn plain(name: &str) -> String {
    name.trim().trim_end_matches('.').to_lowercase()
}

/// With the dot at the end.
pub(crate) fn absolute(name: &str) -> String {
    format!("{}.", plain(name))
}

/// What a client typed, as a whole name: `www`, `@`, or a name of the zone already. None where it cannot be one of the zone.
pub(crate) fn within(typed: &str, zone: &str) -> Option<String> {
    let typed = plain(typed);
    let name = match typed.as_str() {
        "" | "@" => zone.to_owned(),
        whole if whole == zone || whole.ends_with(&format!(".{zone}")) => whole.to_owned(),
        part => format!("{part}.{zone}"),
    };
    let labels = name.strip_suffix(zone)?.trim_end_matches('.');
    let fine = labels.is_empty() || labels.split('.').enumerate().all(|(at, label)| is_label(label, at == 0));
    (fine && name.len() <= 253).then_some(name)
}

/// A name as the client sees it: relative to its zone.
pub(crate) fn relative(name: &str, zone: &str) -> String {
    let name = plain(name);
    if name == zone {
        return "@".to_owned();
    }
    name.strip_suffix(&format!(".{zone}")).unwrap_or(&name).to_owned()
}

/// Services and keys live below labels with an underscore; an asterisk stands first and alone.
fn is_label(label: &str, first: bool) -> bool {
    let fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    (first && label == "*")
        || (1..=63).contains(&label.len())
            && label.chars().all(fine)
            && !label.starts_with('-')
            && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_becomes_a_name_of_the_zone() {
        let cases = [
            ("@", Some("example.org")),
            ("", Some("example.org")),
            ("WWW", Some("www.example.org")),
            ("www.example.org.", Some("www.example.org")),
            ("_dmarc", Some("_dmarc.example.org")),
            ("*", Some("*.example.org")),
            ("a.*", None),
            ("a b", None),
            ("-a", None),
            ("a..b", None),
            ("ä", None),
        ];
        for (typed, name) in cases {
            assert_eq!(within(typed, "example.org").as_deref(), name, "{typed}");
        }
        assert_eq!(within(&"a".repeat(64), "example.org"), None);
    }

    #[test]
    fn names_are_shown_relative_to_their_zone() {
        assert_eq!(relative("example.org.", "example.org"), "@");
        assert_eq!(relative("a.b.example.org.", "example.org"), "a.b");
        assert_eq!(relative("notexample.org.", "example.org"), "notexample.org");
    }
}
