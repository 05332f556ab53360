use std::fmt::Write as _;

use super::{outcome, rules, said, validate};

fn list(count: usize, item: &str) -> String {
    format!("{{\"i\":[{}]}}", vec![item; count].join(","))
}

#[test]
fn data_rules_and_texts_are_bounded() {
    let _case = caisson_threats::case(8, "data rules and texts are bounded");
    let large = format!("{{\"a\":\"{}\"}}", "x".repeat(1024 * 1024));
    assert!(outcome(&large, &[], "en").starts_with("invalid: the data has 1048584 bytes; at most 1048576"));
    let many = vec![("a", "string"); 201];
    assert!(outcome("{}", &many, "en").starts_with("invalid: there are 201 rules; at most 200"));
    let long = "string|".repeat(600);
    assert!(outcome("{}", &[("a", &long)], "en").contains("more than 4096 bytes"));
    let deep = ["a"; 17].join(".");
    assert!(outcome("{}", &[(&deep, "string")], "en").contains("more than 16 parts"));
    assert!(outcome("{}", &[(&"a".repeat(256), "string")], "en").contains("1 to 255 bytes, not 256"));
    let mut wordy = rules(&[("a", "string")]);
    wordy[0].message = Some("x".repeat(1001));
    assert!(said(validate("{}", &wordy, "en")).contains("its message has more than 1000 bytes"));
    let nested = format!("{{\"a\":{}{}}}", "[".repeat(1000), "]".repeat(1000));
    assert!(outcome(&nested, &[], "en").starts_with("invalid: the data is not JSON"));
}

#[test]
fn what_a_star_stands_for_is_bounded_over_all_rules() {
    let _case = caisson_threats::case(37, "what a star stands for is bounded over all rules");
    assert!(outcome(&list(10_000, "1"), &[("i.*", "integer")], "en").starts_with("{\"i\":[1,1,"));
    assert_eq!(
        outcome(&list(10_001, "1"), &[("i.*", "integer")], "en"),
        "i.*: The i field comes with more than 10000 entries."
    );
    assert_eq!(
        outcome(&list(5_001, "{\"a\":1}"), &[("i.*.a", "integer"), ("i.*.b", "integer")], "en"),
        "i.*.b: The b field comes with more than 10000 entries."
    );
    let squared = list(101, &format!("[{}]", vec!["1"; 100].join(",")));
    assert_eq!(
        outcome(&squared, &[("i.*.*", "integer")], "en"),
        "i.*.*: The i field comes with more than 10000 entries."
    );
}

#[test]
fn errors_are_bounded() {
    let _case = caisson_threats::case(8, "errors are bounded");
    let errors = outcome(&list(1_000, "\"x\""), &[("i.*", "integer")], "en");
    assert_eq!(errors.matches("must be a whole number").count(), 200);
}

#[test]
fn expressions_are_bounded_in_number_size_and_matching() {
    let _case = caisson_threats::case(37, "expressions are bounded in number size and matching");
    let names: Vec<String> = (0..33).map(|n| format!("f{n}")).collect();
    let many: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "regex:/x/")).collect();
    assert_eq!(
        outcome("{}", &many, "en"),
        "invalid: field 'f32': rule 'regex': there are more than 32 of it in one call"
    );
    let size = outcome("{}", &[("a", r"regex:/^\w{500}$/u")], "en");
    assert!(size.contains("the expression is too large; leave lengths to min and max"), "{size}");

    // One that would take a backtracking engine longer than the universe has been there.
    let evil = format!("{{\"a\":\"{}!\"}}", "a".repeat(10_000));
    assert_eq!(outcome(&evil, &[("a", "regex:/^(a+)+$/")], "en"), "a: The a field has the wrong format.");
    let long = format!("{{\"a\":\"{}\"}}", "a".repeat(16 * 1024 + 1));
    assert_eq!(outcome(&long, &[("a", "regex:/^a+$/")], "en"), "a: The a field has the wrong format.");

    // 16 texts of 16 KiB are all that one call matches.
    let mut data = String::from("{\"i\":[");
    for n in 0..17 {
        let comma = if n == 0 { "" } else { "," };
        write!(data, "{comma}\"{}\"", "a".repeat(16 * 1024)).unwrap();
    }
    data.push_str("]}");
    assert_eq!(outcome(&data, &[("i.*", "regex:/^a+$/")], "en"), "i.16: The i field has the wrong format.");
}
