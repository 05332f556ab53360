use super::*;

const MINIMAL: &str = r#"
contract = "0.1.0"
[module]
name = "demo"
type = "product"
version = "1.2.3"
title = "Demo"
description = "Shows what a manifest needs."
author = "Example Ltd"
"#;

fn with(more: &str) -> Result<Manifest, ManifestError> {
    Manifest::parse(&format!("{MINIMAL}{more}"))
}

fn refusal(more: &str) -> String {
    with(more).unwrap_err().to_string()
}

#[test]
fn a_minimal_manifest_asks_for_nothing() {
    let manifest = with("").unwrap();
    assert_eq!(manifest.key().to_string(), "product/demo");
    assert!(manifest.requests().is_empty());
    assert!(!manifest.capabilities.declares("http"));
    assert!(manifest.capabilities.declares("log"));
}

#[test]
fn unknown_and_duplicate_keys_are_refused_with_their_line() {
    assert!(refusal("colour = \"red\"").contains("line 10"), "{}", refusal("colour = \"red\""));
    let twice = Manifest::parse(&format!("contract = \"0.1.0\"{MINIMAL}")).unwrap_err().to_string();
    assert!(twice.contains("line 2") && twice.contains("duplicate"), "{twice}");
}

#[test]
fn what_does_not_hold_together_is_refused_with_its_place() {
    let cases = [
        ("[[settings]]\nkey = \"A\"\nlabel = \"A\"", "settings.A: a key has"),
        (
            "[[settings]]\nkey = \"a\"\nlabel = \"A\"\n[[settings]]\nkey = \"a\"\nlabel = \"B\"",
            "'a' stands there twice",
        ),
        ("[[settings]]\nkey = \"a\"\nlabel = \"A\"\ntype = \"password\"", "secret = true"),
        ("[[settings]]\nkey = \"a\"\nlabel = \"A\"\nsecret = true\ndefault = \"x\"", "packages are public"),
        ("[[settings]]\nkey = \"a\"\nlabel = \"A\"\ntype = \"select\"", "needs options"),
        (
            "[[settings]]\nkey = \"a\"\nlabel = \"A\"\nwhen = { field = \"b\", equals = 1 }",
            "'b', which does not exist",
        ),
        (
            "[[settings]]\nkey = \"a\"\nlabel = \"A\"\ntype = \"number\"\nmax = 1\ndefault = 2",
            "refused by the field itself",
        ),
        ("[[admin.routes]]\nname = \"x\"\nuri = \"x\"\npermission = \"see\"", "'see', which is not declared"),
        ("[[client.tabs]]\nkey = \"a\"\nname = \"A\"\ntemplate = \"../a\"", "is not a template"),
        ("[[client.actions]]\nkey = \"a\"\ntab = \"b\"", "'b', which does not exist"),
        ("[[capabilities.http]]\nscheme = \"https\"", "either host or from"),
        ("[[capabilities.http]]\nfrom = \"settings.base\"", "not a url or tags field"),
        ("[[capabilities.http]]\nhost = \"*.com\"", "whole top-level domain"),
        ("[[capabilities.http]]\nhost = \"a*.example.com\"", "only as its first label"),
        ("[[capabilities.http]]\nhost = \"a.example.com\"\nsecrets = [\"k\"]", "'k' is not a secret setting"),
        (
            "[[capabilities.http]]\nhost = \"a.example.com\"\nca = \"settings.ca\"",
            "'settings.ca' is not a textarea field of the settings",
        ),
        (
            "[[settings]]\nkey = \"ca\"\nlabel = \"CA\"\ntype = \"textarea\"\n[[capabilities.http]]\n\
             host = \"a.example.com\"\nscheme = \"http\"\nca = \"settings.ca\"",
            "plain http has no certificates",
        ),
        ("[[capabilities.mail]]\nport = 587", "capabilities.mail[0]: needs either host or from"),
        ("[[capabilities.mail]]\nfrom = \"settings.smtp\"", "not a text or url field"),
        ("[[capabilities.mail]]\nhost = \"a.example.com\"\nsecrets = [\"k\"]", "'k' is not a secret setting"),
        (
            "[[capabilities.mail]]\nhost = \"a.example.com\"\nport = 25\nport-from = \"settings.p\"",
            "not both",
        ),
        (
            "[[capabilities.probe]]\nhost = \"a.example.com\"\nport = 0",
            "capabilities.probe[0]: 0 is not a port",
        ),
        (
            "[[capabilities.probe]]\nhost = \"a.example.com\"\nport-from = \"settings.p\"",
            "not a number field of the settings",
        ),
        ("[capabilities.database]\ntables = [\"Drop Table\"]", "is not a table name"),
    ];
    for (more, expected) in cases {
        let message = refusal(more);
        assert!(message.contains(expected), "{more}\n  said: {message}\n  expected: {expected}");
    }
}

#[test]
fn host_patterns_match_whole_labels() {
    let pattern = |text: &str| HostPattern::try_from(text.to_owned()).unwrap();
    assert!(pattern("API.example.com").matches("api.example.com"));
    assert!(pattern("api.example.com").matches("api.example.com."));
    assert!(!pattern("api.example.com").matches("evil-api.example.com"));
    assert!(pattern("*.example.com").matches("a.b.example.com"));
    assert!(!pattern("*.example.com").matches("example.com"));
    assert!(!pattern("*.example.com").matches("badexample.com"));
    assert!(!pattern("*.example.com").matches(".example.com"));
}

#[test]
fn requests_come_riskiest_first_and_in_plain_words() {
    let manifest = with(
        r#"
[[settings]]
key = "api_base"
label = "API address"
type = "url"
[[settings]]
key = "api_key"
label = "API key"
type = "password"
secret = true
[[settings]]
key = "ca_pem"
label = "Certificate authority"
type = "textarea"
[capabilities]
tasks = true
[[capabilities.http]]
from = "settings.api_base"
secrets = ["api_key"]
ca = "settings.ca_pem"
[[capabilities.http]]
host = "*.example.com"
methods = ["GET"]
"#,
    )
    .unwrap();
    let said: Vec<_> =
        manifest.requests().into_iter().map(|r| format!("{} | {} | {}", r.risk, r.id, r.sentence)).collect();
    assert_eq!(
        said,
        [
            "high | http https://*.example.com GET | Call every host below example.com over HTTP (GET).",
            "medium | http settings.api_base any with api_key trusting settings.ca_pem | Call the host given in the setting 'api_base' over HTTP, and send it the secret api_key, trusting only the certificates in the setting 'ca_pem' where it is filled in.",
            "low | tasks | Queue work for itself, now and on a schedule.",
        ]
    );
}

#[test]
fn mail_and_probes_say_where_they_go_and_which_secret_goes_along() {
    let manifest = with(
        r#"
[[settings]]
key = "smtp_host"
label = "Server"
[[settings]]
key = "smtp_port"
label = "Port"
type = "number"
[[settings]]
key = "smtp_password"
label = "Password"
type = "password"
secret = true
[[capabilities.mail]]
from = "settings.smtp_host"
port-from = "settings.smtp_port"
secrets = ["smtp_password"]
[[capabilities.probe]]
host = "*.example.com"
port = 443
"#,
    )
    .unwrap();
    let said: Vec<_> =
        manifest.requests().into_iter().map(|r| format!("{} | {} | {}", r.risk, r.id, r.sentence)).collect();
    assert_eq!(
        said,
        [
            "high | mail settings.smtp_host:settings.smtp_port with smtp_password | Send mail through the host given in the setting 'smtp_host' on the port given in the setting 'smtp_port', and log in there with the secret smtp_password.",
            "medium | probe *.example.com:443 | Try whether every host below example.com on port 443 answers, and how long its certificate lasts.",
        ]
    );
}

#[test]
fn forms_read_every_field_or_report_every_error() {
    let manifest = with(
        r#"
[[service]]
key = "zone"
label = "Zone"
required = true
max = 10
[[service]]
key = "records"
label = "Records"
type = "number"
min = 1
default = 5
[[service]]
key = "plan"
label = "Plan"
type = "select"
options = [{ value = "s", label = "Small" }]
[[service]]
key = "size"
label = "Size"
required = true
when = { field = "plan", equals = "s" }
"#,
    )
    .unwrap();
    let read = |json: serde_json::Value| Field::read_all(&manifest.service, json.as_object().unwrap());
    assert_eq!(
        serde_json::Value::Object(read(serde_json::json!({"zone": "a.example"})).unwrap()),
        serde_json::json!({"zone": "a.example", "records": 5})
    );
    let errors =
        read(serde_json::json!({"zone": "far too long.example", "records": "0", "plan": "s", "other": 1}))
            .unwrap_err();
    let fields: Vec<_> = errors.iter().map(|e| e.field.as_str()).collect();
    assert_eq!(fields, ["other", "zone", "records", "size"]);
}

const PAYMENT: &str = "contract = \"0.1.0\"\n[module]\nname = \"demo\"\ntype = \"payment\"\nversion = \"1.0.0\"\n\
    title = \"Demo\"\ndescription = \"Demo.\"\nauthor = \"Example\"\n[[settings]]\nkey = \"key\"\nlabel = \"Key\"\n\
    type = \"password\"\nsecret = true\n";

#[test]
fn a_webhook_says_how_it_is_verified() {
    let parse = |more: &str| Manifest::parse(&format!("{PAYMENT}{more}"));
    let hmac = "[webhook]\nscheme = \"hmac-sha256\"\nsecret = \"key\"\nsignature_header = \"x-signature\"\n";
    for good in [
        format!("{hmac}timestamp_header = \"x-time\""),
        format!("{hmac}signed = \"{{body}}\"\nencoding = \"base64\"\nprefix = \"v1=\""),
        "[webhook]\nscheme = \"stripe\"\nsecret = \"key\"".to_owned(),
        "[webhook]\nscheme = \"standard-webhooks\"\nsecret = \"key\"\ntolerance_s = 60".to_owned(),
        "[webhook]\nscheme = \"sha384-sign\"\nsecret = \"key\"\nfields = [\"a\", \"b\"]".to_owned(),
        "[webhook]\nscheme = \"basic\"\nsecret = \"key\"\nuser = \"gate\"".to_owned(),
        "[webhook]\nscheme = \"twilio\"\nsecret = \"key\"".to_owned(),
    ] {
        let scheme = parse(&good).unwrap_or_else(|error| panic!("{good}: {error}")).webhook.unwrap();
        assert_eq!(scheme.secret(), "key", "{good}");
    }
    for (bad, why) in [
        (hmac.to_owned(), "needs timestamp_header"),
        (format!("{hmac}signed = \"{{body}}{{path}}\""), "{timestamp}.{body}"),
        (format!("{hmac}signed = \"{{body}}\"\ntolerance_s = 0"), "1 to 3600"),
        (format!("{hmac}signed = \"{{body}}\"\ncolour = \"red\""), "colour"),
        ("[webhook]\nscheme = \"stripe\"\nsecret = \"other\"".to_owned(), "'other' is not a secret setting"),
        ("[webhook]\nscheme = \"none\"".to_owned(), "hmac-sha256"),
        (
            "[webhook]\nscheme = \"sha384-sign\"\nsecret = \"key\"\nfields = []".to_owned(),
            "nothing of it is signed",
        ),
        ("[webhook]\nscheme = \"sha384-sign\"\nsecret = \"key\"\nfields = [\"crc\"]".to_owned(), "itself"),
        ("[webhook]\nscheme = \"basic\"\nsecret = \"key\"\nuser = \"a:b\"".to_owned(), "':'"),
    ] {
        let error = parse(&bad).unwrap_err().to_string();
        assert!(error.contains(why), "{bad}: {error}");
    }
}

#[test]
fn only_payment_modules_have_to_do_with_money() {
    assert!(refusal("[capabilities]\npayments = true").contains("capabilities.payments: a product module"));
    assert!(
        refusal("[webhook]\nscheme = \"stripe\"\nsecret = \"key\"").contains("no provider that calls back")
    );
    assert!(Manifest::parse(&format!("{PAYMENT}[capabilities]\npayments = true")).is_ok());
}

#[test]
fn the_sidebar_shows_which_page_is_open() {
    let route = |name: &str, uri: &str| {
        format!("[[admin.routes]]\nname = \"{name}\"\nuri = \"{uri}\"\npermission = \"see\"\n")
    };
    let manifest = with(&format!(
        "[[permissions]]\nkey = \"see\"\nname = \"See\"\n{}{}{}{}\
         [[admin.sidebar]]\ntitle = \"Servers\"\nlink = \"list\"\nactive_links = [\"one\", \"new-server\"]\n\
         [[admin.sidebar]]\ntitle = \"Groups\"\nlink = \"/groups\"\n",
        route("list", "servers"),
        route("one", "servers/{uuid}"),
        route("add", "new-server"),
        route("groups", "groups"),
    ))
    .unwrap();
    let admin = &manifest.admin;
    let paths: Vec<&str> = admin.sidebar.iter().map(|link| admin.path(link)).collect();
    assert_eq!(paths, ["servers", "groups"], "by the route's name, or as it says");
    for (path, expected) in
        [("servers", "Servers"), ("servers/7", "Servers"), ("new-server", "Servers"), ("groups", "Groups")]
    {
        let (route, _) = Route::find(&admin.routes, Method::Get, path).unwrap();
        assert_eq!(admin.present(route).map(|link| link.title.as_str()), Some(expected), "{path}");
    }
}

#[test]
fn a_form_is_filled_in_once_what_applies_is_there() {
    let manifest = with(
        "[[settings]]\nkey = \"mode\"\nlabel = \"Mode\"\nrequired = true\n\
         [[settings]]\nkey = \"host\"\nlabel = \"Host\"\nrequired = true\nwhen = { field = \"mode\", equals = \"own\" }\n\
         [[settings]]\nkey = \"token\"\nlabel = \"Token\"\ntype = \"password\"\nsecret = true\nrequired = true\n\
         [[settings]]\nkey = \"note\"\nlabel = \"Note\"\n",
    )
    .unwrap();
    let is_filled = |json: serde_json::Value, secret: &str| {
        Field::are_filled(&manifest.settings, json.as_object().unwrap(), |key| key == secret)
    };
    assert!(is_filled(serde_json::json!({"mode": "shared"}), "token"), "the host does not apply");
    assert!(!is_filled(serde_json::json!({"mode": "own"}), "token"));
    assert!(is_filled(serde_json::json!({"mode": "own", "host": "h"}), "token"));
    for missing in [serde_json::json!({}), serde_json::json!({"mode": null})] {
        assert!(!is_filled(missing, "token"));
    }
    assert!(
        !is_filled(serde_json::json!({"mode": "shared", "token": "typed"}), ""),
        "a secret is kept elsewhere"
    );
}
