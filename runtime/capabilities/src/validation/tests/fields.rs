use super::outcome;

/// Data, rules, what comes of them.
type Row = (&'static str, &'static [(&'static str, &'static str)], &'static str);

const ROWS: &[Row] = &[
    // Only what rules name is answered.
    (r#"{"a":1,"b":2}"#, &[("a", "integer")], r#"{"a":1}"#),
    (r#"{"a":1}"#, &[], "{}"),
    (r#"{"a":1}"#, &[("b", "string")], "{}"),
    (r#"{"a":null}"#, &[("a", "nullable|string")], r#"{"a":null}"#),
    (r#"{"a":{"b":1,"c":2}}"#, &[("a", "array")], r#"{"a":{"b":1,"c":2}}"#),
    (r#"{"a":{"b":1,"c":2}}"#, &[("a", "array"), ("a.b", "integer")], r#"{"a":{"b":1}}"#),
    (r#"{"a":{"b":1,"c":2},"d":3}"#, &[("a.c", "integer")], r#"{"a":{"c":2}}"#),
    (r#"{"a":{"c":2}}"#, &[("a.b", "integer")], "{}"),
    (r#"{"a":{}}"#, &[("a", "array"), ("a.b", "integer")], r#"{"a":{}}"#),
    (r#"{"a":null}"#, &[("a", "nullable|array"), ("a.b", "integer")], r#"{"a":null}"#),
    (
        r#"{"i":[{"n":"x","s":1},{"n":"y","s":2}],"z":0}"#,
        &[("i", "required|array|max:2"), ("i.*.n", "required|string")],
        r#"{"i":[{"n":"x"},{"n":"y"}]}"#,
    ),
    (r#"{"i":[{"s":1},{"n":"y"}]}"#, &[("i.*.n", "string")], r#"{"i":[{},{"n":"y"}]}"#),
    (r#"{"i":["x",[1],{"n":1}]}"#, &[("i.*.n", "integer")], r#"{"i":[null,[],{"n":1}]}"#),
    (r#"{"i":[]}"#, &[("i", "array"), ("i.*.n", "required")], r#"{"i":[]}"#),
    (r#"{"i":[1,2]}"#, &[("i.1", "integer")], r#"{"i":[null,2]}"#),
    (r#"{"m":{"a":1,"b":2}}"#, &[("m.*", "integer")], r#"{"m":{"a":1,"b":2}}"#),
    (r#"[{"a":1,"b":2}]"#, &[("*.a", "integer")], r#"[{"a":1}]"#),
    (r#"{"i":[[1,2],[3]]}"#, &[("i.*.*", "integer")], r#"{"i":[[1,2],[3]]}"#),
    // What is missing, and where.
    ("{}", &[("a", "required")], "a: The a field is required."),
    ("{}", &[("a", "sometimes|required")], "{}"),
    ("{}", &[("a.b", "required")], "a.b: The b field is required."),
    ("{}", &[("i.*.n", "required")], "{}"),
    (r#"{"i":"text"}"#, &[("i.*.n", "required")], "{}"),
    (
        r#"{"i":[{"n":"x"},{},{"n":""}]}"#,
        &[("i.*.n", "required")],
        "i.1.n: The n field is required.; i.2.n: The n field is required.",
    ),
    ("{}", &[("a", "string|integer|min:3|email")], "{}"),
    // The first failure of a field only, in the rules' order.
    (
        r#"{"a":"xy","b":1}"#,
        &[("b", "string"), ("a", "integer|min:9|email")],
        "b: The b field must be a text.; a: The a field must be a whole number.",
    ),
    (r#"{"a":"x"}"#, &[("a", "string"), ("a", "integer")], "a: The a field must be a whole number."),
    (r#"{"i":["x"]}"#, &[("i.*", "integer"), ("i.0", "email")], "i.0: The i field must be a whole number."),
    // Fields beside each other.
    (r#"{"p":"x","p_confirmation":"x"}"#, &[("p", "confirmed")], r#"{"p":"x"}"#),
    (
        r#"{"p":"x","p_confirmation":"y"}"#,
        &[("p", "confirmed")],
        "p: The p field does not match its confirmation.",
    ),
    (r#"{"p":"x"}"#, &[("p", "confirmed")], "p: The p field does not match its confirmation."),
    (r#"{"u":{"p":1,"p_confirmation":1}}"#, &[("u.p", "confirmed")], r#"{"u":{"p":1}}"#),
    (r#"{"a":1,"b":1}"#, &[("a", "same:b")], r#"{"a":1}"#),
    (r#"{"a":1,"b":"1"}"#, &[("a", "same:b")], "a: The a field must match b."),
    (r#"{"a":1}"#, &[("a", "different:b")], r#"{"a":1}"#),
    (r#"{"a":1,"b":1}"#, &[("a", "different:b")], "a: The a field and b must be different."),
    (
        r#"{"i":[{"a":1,"b":1},{"a":1,"b":2}]}"#,
        &[("i.*.a", "same:i.*.b")],
        "i.1.a: The a field must match b.",
    ),
    // Rules and data that are off.
    ("{}", &[("a", "requird")], "invalid: field 'a': rule 'requird': there is no such rule"),
    ("{}", &[("a", "required:1")], "invalid: field 'a': rule 'required': it takes no argument"),
    ("{}", &[("a", "nullable:1")], "invalid: field 'a': rule 'nullable': it takes no argument"),
    ("{}", &[("a", "min")], "invalid: field 'a': rule 'min': it needs an argument after a colon"),
    ("{}", &[("a", "max:")], "invalid: field 'a': rule 'max': it needs an argument after a colon"),
    ("{}", &[("a", "min:x")], "invalid: field 'a': rule 'min': 'x' is not a number"),
    (
        "{}",
        &[("a", "between:1")],
        "invalid: field 'a': rule 'between': it takes two numbers, such as between:1,10",
    ),
    (
        "{}",
        &[("a", "between:3,1")],
        "invalid: field 'a': rule 'between': its first number is larger than its second",
    ),
    (
        "{}",
        &[("a", "digits:0")],
        "invalid: field 'a': rule 'digits': it takes a count of 1 to 1000, such as digits:6",
    ),
    ("{}", &[("a", "same:b.*")], "invalid: field 'a': rule 'same': 'b.*' has more * than the field"),
    (
        "{}",
        &[("a.*", "confirmed")],
        "invalid: field 'a.*': rule 'confirmed': the field has no name of its own",
    ),
    ("{}", &[("a", "alpha_dash:x")], "invalid: field 'a': rule 'alpha_dash': it takes nothing, or ascii"),
    (
        "{}",
        &[("a", "regex:^x$")],
        "invalid: field 'a': rule 'regex': it takes an expression between slashes, such as regex:/^[a-z]+$/i",
    ),
    (
        "{}",
        &[("a", "regex:/x/e")],
        "invalid: field 'a': rule 'regex': there is no flag 'e'; the flags are i, m, s, u and x",
    ),
    ("{}", &[("a..b", "string")], "invalid: field 'a..b': a part between its dots is empty"),
    ("{}", &[("", "string")], "invalid: field '': a field has 1 to 255 bytes, not 0"),
    ("7", &[], "invalid: the data is neither an object nor an array"),
];

#[test]
fn fields_are_found_checked_and_taken() {
    for (data, rules, expected) in ROWS {
        assert_eq!(outcome(data, rules, "en"), *expected, "{data} {rules:?}");
    }
    assert!(outcome("{", &[], "en").starts_with("invalid: the data is not JSON: "));
    let looking_around = outcome("{}", &[("a", "regex:/(?=x)/")], "en");
    assert!(
        looking_around.starts_with("invalid: field 'a': rule 'regex': the expression cannot be used: "),
        "{looking_around}"
    );
}
