//! Each scheme with vectors that its own documentation publishes, or that another program computed.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use caisson_capabilities::contract::types::{Header, HttpMethod};
use caisson_types::manifest::{
    BasicWebhook, Encoding, HmacWebhook, SecretWebhook, SignWebhook, Signed, TokenWebhook, WebhookScheme,
};
use caisson_types::{Secret, Timestamp};

use super::Received;
use super::request::allowed;
use super::schemes::{Unverified, verify};

fn received(headers: &[(&str, &str)], body: &str) -> Received {
    Received {
        method: HttpMethod::Post,
        url: "https://panel.example/webhooks/payment/till".to_owned(),
        query: Vec::new(),
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        form: Vec::new(),
        body: body.as_bytes().to_vec(),
    }
}

fn at(scheme: &WebhookScheme, secret: &str, seconds: i64, request: &Received) -> Result<String, Unverified> {
    verify(scheme, Some(&Secret::new(secret.to_owned())), request, Timestamp(seconds * 1_000))
}

fn is_wrong(result: &Result<String, Unverified>) -> bool {
    matches!(result, Err(Unverified::Wrong(_)))
}

fn is_malformed(result: &Result<String, Unverified>) -> bool {
    matches!(result, Err(Unverified::Malformed(_)))
}

fn hmac(signed: Signed, encoding: Encoding, prefix: &str) -> WebhookScheme {
    WebhookScheme::HmacSha256(HmacWebhook {
        secret: "key".to_owned(),
        signature_header: "X-Signature".to_owned(),
        prefix: prefix.to_owned(),
        timestamp_header: Some("x-time".to_owned()),
        encoding,
        signed,
        tolerance_s: 300,
    })
}

/// GitHub's documentation, "Testing the webhook payload validation".
#[test]
fn hmac_over_the_body() {
    const SIGNATURE: &str = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    let scheme = hmac(Signed::Body, Encoding::Hex, "sha256=");
    let secret = "It's a Secret to Everybody";
    let good = at(&scheme, secret, 0, &received(&[("x-signature", SIGNATURE)], "Hello, World!"));
    assert!(good.unwrap().starts_with("sha256:"));
    assert!(is_wrong(&at(&scheme, secret, 0, &received(&[("x-signature", SIGNATURE)], "Hello, World?"))));
    assert!(is_wrong(&at(&scheme, "another", 0, &received(&[("x-signature", SIGNATURE)], "Hello, World!"))));
    for headers in [
        vec![],
        vec![("x-signature", "757107ea")],
        vec![("x-signature", "sha256=zz")],
        vec![("x-signature", SIGNATURE), ("x-signature", SIGNATURE)],
    ] {
        assert!(is_malformed(&at(&scheme, secret, 0, &received(&headers, "Hello, World!"))), "{headers:?}");
    }
    // Half a signature, and none at all, are wrong and not "the beginning is right".
    for short in ["sha256=7571", "sha256="] {
        assert!(
            is_wrong(&at(&scheme, secret, 0, &received(&[("x-signature", short)], "Hello, World!"))),
            "{short}"
        );
    }
}

/// RFC 4231, test case 2, in Base64.
#[test]
fn hmac_in_base64() {
    let scheme = hmac(Signed::Body, Encoding::Base64, "");
    let headers = [("x-signature", "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=")];
    assert!(at(&scheme, "Jefe", 0, &received(&headers, "what do ya want for nothing?")).is_ok());
}

#[test]
fn a_signed_time_has_a_window_in_both_directions() {
    const SIGNATURE: &str = "749721cbedbfa4cc1aa6c9c2bec1edd93766a07906c9d9b3dbc7626e4e660caf";
    const BODY: &str = r#"{"id":"evt_1","type":"checkout.session.completed"}"#;
    let scheme = hmac(Signed::TimestampAndBody, Encoding::Hex, "");
    let request = |time: &str| received(&[("x-signature", SIGNATURE), ("x-time", time)], BODY);
    let sent = 1_700_000_000;
    for (now, good) in [(0, true), (300, true), (-300, true), (301, false), (-301, false)] {
        let result = at(&scheme, "whsec_test", sent + now, &request("1700000000"));
        assert_eq!(result.is_ok(), good, "{now}");
        assert_eq!(is_wrong(&result), !good, "{now}");
    }
    assert!(is_wrong(&at(&scheme, "whsec_test", sent, &request("1700000001"))), "the time is signed too");
    let without = received(&[("x-signature", SIGNATURE)], BODY);
    assert!(is_malformed(&at(&scheme, "whsec_test", sent, &without)));
}

/// The example of the Standard Webhooks specification's reference libraries.
#[test]
fn standard_webhooks() {
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    const BODY: &str = r#"{"test": 2432232314}"#;
    let scheme =
        WebhookScheme::StandardWebhooks(SecretWebhook { secret: "key".to_owned(), tolerance_s: 300 });
    let request = |id: &str, signature: &str| {
        let headers =
            [("webhook-id", id), ("webhook-timestamp", "1614265330"), ("webhook-signature", signature)];
        received(&headers, BODY)
    };
    let (id, now) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330);
    assert_eq!(at(&scheme, SECRET, now, &request(id, SIGNATURE)).unwrap(), format!("id:{id}"));
    let several = format!("v1,{} v1a,xxxx {SIGNATURE}", BASE64_STANDARD.encode([0; 32]));
    assert!(at(&scheme, SECRET, now, &request(id, &several)).is_ok(), "any of several");
    assert!(is_wrong(&at(&scheme, SECRET, now, &request("msg_other", SIGNATURE))), "the id is signed too");
    assert!(is_wrong(&at(&scheme, SECRET, now + 301, &request(id, SIGNATURE))));
    assert!(is_malformed(&at(&scheme, SECRET, now, &request("a.1614265330", SIGNATURE))));
    assert!(is_malformed(&at(&scheme, SECRET, now, &request(id, "v2,AAAA"))));
    for unusable in ["whsec_", "not base64!"] {
        let result = at(&scheme, unusable, now, &request(id, SIGNATURE));
        assert!(matches!(result, Err(Unverified::NoSecret(_))), "{unusable}: {result:?}");
    }
}

#[test]
fn stripe() {
    const V1: &str = "749721cbedbfa4cc1aa6c9c2bec1edd93766a07906c9d9b3dbc7626e4e660caf";
    const BODY: &str = r#"{"id":"evt_1","type":"checkout.session.completed"}"#;
    let scheme = WebhookScheme::Stripe(SecretWebhook { secret: "key".to_owned(), tolerance_s: 300 });
    let run = |signature: &str, body: &str, now: i64| {
        at(&scheme, "whsec_test", 1_700_000_000 + now, &received(&[("stripe-signature", signature)], body))
    };
    let zeros = "0".repeat(64);
    for good in [
        format!("t=1700000000,v1={V1}"),
        format!("t=1700000000,v1={zeros},v1={V1},v0=abc"),
        format!("v1={V1}, t=1700000000"),
    ] {
        assert_eq!(run(&good, BODY, 0).as_deref(), Ok("id:evt_1"), "{good}");
    }
    assert!(is_wrong(&run(&format!("t=1700000000,v1={V1}"), BODY, 301)), "stale");
    assert!(is_wrong(&run(&format!("t=1700000000,v1={V1}"), &BODY.replace("evt_1", "evt_2"), 0)));
    assert!(is_wrong(&run(&format!("t=1700000000,v1={zeros}"), BODY, 0)));
    for bad in [
        format!("v1={V1}"),
        format!("t=1700000000,v0={V1}"),
        format!("t=1,t=1700000000,v1={V1}"),
        String::new(),
    ] {
        assert!(is_malformed(&run(&bad, BODY, 0)), "{bad}");
    }
}

#[test]
fn sha384_over_named_members() {
    const SIGN: &str =
        "06ba2f7bc53e585b445b395dd23c97188f95b7939e10d5080d7fe03db01da823ee12fea578ad45df45668ee0c33f0a2e";
    let fields =
        "merchantId posId sessionId amount originAmount currency orderId methodId statement".split(' ');
    let scheme = WebhookScheme::Sha384Sign(SignWebhook {
        secret: "key".to_owned(),
        secret_name: "crc".to_owned(),
        fields: fields.map(str::to_owned).collect(),
        sign: "sign".to_owned(),
    });
    // In another order, escaped, and spaced: it is the values that are signed.
    let body = format!(
        r#"{{ "sign": "{SIGN}", "posId": 2, "merchantId": 1, "sessionId": "s\/\u0119-1", "amount": 1999,
             "originAmount": 1999, "currency": "PLN", "orderId": 77, "methodId": 154, "statement": "p24-ż" }}"#
    );
    let run = |body: &str| at(&scheme, "0123456789abcdef", 0, &received(&[], body));
    let known = run(&body).unwrap();
    assert_eq!(run(&body.replace("\n", " ").replace("\\/", "/")).unwrap(), known, "the same delivery");
    assert!(is_wrong(&run(&body.replace("1999,", "1998,"))));
    assert!(is_wrong(&at(&scheme, "another", 0, &received(&[], &body))));
    for (what, bad) in [
        ("a member twice", body.replacen("\"posId\"", "\"amount\": 1, \"posId\"", 1)),
        ("a fraction", body.replace("\"orderId\": 77", "\"orderId\": 77.0")),
        ("a member gone", body.replace("\"orderId\": 77, ", "")),
        ("an object", body.replace("\"orderId\": 77", "\"orderId\": {}")),
        ("no object", "[]".to_owned()),
        ("no signature", body.replace("\"sign\"", "\"sing\"")),
    ] {
        assert!(is_malformed(&run(&bad)), "{what}: {:?}", run(&bad));
    }
}

#[test]
fn basic() {
    let scheme = WebhookScheme::Basic(BasicWebhook { user: "gate".to_owned(), secret: "key".to_owned() });
    let run = |authorization: &str, body: &str| {
        at(&scheme, "open sesame", 0, &received(&[("authorization", authorization)], body))
    };
    let good = format!("Basic {}", BASE64_STANDARD.encode("gate:open sesame"));
    assert_ne!(run(&good, "a").unwrap(), run(&good, "b").unwrap());
    for wrong in ["gate:", "gate:open", ":open sesame", "gate:open sesame "] {
        assert!(is_wrong(&run(&format!("Basic {}", BASE64_STANDARD.encode(wrong)), "a")), "{wrong}");
    }
    for malformed in ["Bearer x", "Basic", "Basic ?", ""] {
        assert!(is_malformed(&run(malformed, "a")), "{malformed}");
    }
}

#[test]
fn an_empty_secret_signs_for_nobody() {
    let _case = caisson_threats::case(41, "an empty secret");
    let secret = |secret: &str| SecretWebhook { secret: secret.to_owned(), tolerance_s: 300 };
    for scheme in [
        hmac(Signed::Body, Encoding::Hex, ""),
        WebhookScheme::Stripe(secret("key")),
        WebhookScheme::StandardWebhooks(secret("key")),
        WebhookScheme::Basic(BasicWebhook { user: "u".to_owned(), secret: "key".to_owned() }),
        WebhookScheme::Twilio(TokenWebhook { secret: "key".to_owned() }),
    ] {
        for empty in [None, Some(""), Some(" \n")] {
            let empty = empty.map(|text| Secret::new(text.to_owned()));
            let result = verify(&scheme, empty.as_ref(), &received(&[], "x"), Timestamp(0));
            assert_eq!(result, Err(Unverified::NoSecret("key".to_owned())), "{scheme:?}");
        }
    }
}

/// Twilio's documentation, "Validating requests are coming from Twilio".
#[test]
fn twilio_signs_the_address_and_the_form() {
    const SIGNATURE: &str = "0/KCTR6DLpKmkAf8muzZqo1nDgQ=";
    let scheme = WebhookScheme::Twilio(TokenWebhook { secret: "key".to_owned() });
    let fields = [
        ("CallSid", "CA1234567890ABCDE"),
        ("To", "+18005551212"),
        ("From", "+12349013030"),
        ("Digits", "1234"),
        ("Caller", "+12349013030"),
    ];
    let form: Vec<_> = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let sent = Received {
        url: "https://mycompany.com/myapp.php?foo=1&bar=2".to_owned(),
        form,
        ..received(&[("x-twilio-signature", SIGNATURE)], "CallSid=CA1234567890ABCDE&…")
    };
    let judged = |request: &Received| at(&scheme, "12345", 0, request);
    let known = judged(&sent).unwrap();
    // What is cut otherwise and signed alike is no second delivery.
    let mut cut = sent.clone();
    cut.form[0] = ("CallSidC".to_owned(), "A1234567890ABCDE".to_owned());
    assert_eq!(judged(&cut).unwrap(), known);
    let mut more = sent.clone();
    more.form.push(("Extra".to_owned(), "1".to_owned()));
    let elsewhere = Received { url: sent.url.replace("foo=1", "foo=2"), ..sent.clone() };
    for wrong in [more, elsewhere] {
        assert!(is_wrong(&judged(&wrong)), "{wrong:?}");
    }
    assert!(is_wrong(&at(&scheme, "123456", 0, &sent)));
    let unsigned = Received { form: Vec::new(), body: b"{}".to_vec(), ..sent.clone() };
    let garbled =
        Received { headers: vec![("x-twilio-signature".to_owned(), "%".to_owned())], ..sent.clone() };
    for malformed in [unsigned, garbled, Received { headers: Vec::new(), ..sent }] {
        assert!(is_malformed(&judged(&malformed)), "{malformed:?}");
    }
}

#[test]
fn a_signature_over_nothing_proves_nothing_about_the_query() {
    // HMAC-SHA256 of the empty text under "key".
    const EMPTY: &str = "5d5d139563c95b5967b9bd9a8c9b233a9dedb45072794cd232dc1b74832607d0";
    let scheme = hmac(Signed::Body, Encoding::Hex, "");
    assert!(is_malformed(&at(&scheme, "key", 0, &received(&[("x-signature", EMPTY)], ""))));
}

#[test]
fn cookies_stay_out_and_headers_stay_in() {
    let mut request = received(
        &[
            ("cookie", "__Host-session=x"),
            ("authorization", "Bearer caisson_x"),
            ("x-forwarded-for", "::1"),
            ("x-event", "paid"),
        ],
        "x",
    );
    request.query.push(("a".to_owned(), "b".to_owned()));
    let passed = request.into_contract();
    let names: Vec<_> = passed.headers.iter().map(|header| header.name.as_str()).collect();
    assert_eq!(names, ["x-event"]);
    let answer =
        [("Set-Cookie", "a=b"), ("Retry-After", "5"), ("x-correlation-id", "a\r\nb: c"), ("Location", "/")];
    let answer = answer.map(|(name, value)| Header { name: name.to_owned(), value: value.to_owned() });
    assert_eq!(allowed(answer.to_vec()), [("retry-after".to_owned(), "5".to_owned())]);
}
