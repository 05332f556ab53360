use caisson_capabilities::http::egress::Sent;
use serde_json::json;

use super::*;

fn sent(method: &str, url: &str, body: &str) -> Sent {
    let request = http::Request::builder().method(method).uri(url).header("authorization", "Bearer k");
    request.body(body.to_owned().into()).unwrap()
}

#[test]
fn a_request_fits_where_all_that_is_written_of_it_is_so() {
    let request = |text: &str| toml::from_str::<Request>(text).unwrap();
    let asked = sent("POST", "https://a.example/boxes/1?x=2", r#"{"a": 1, "b": null}"#);
    for (text, fits) in [
        ("method = 'post'\nurl = 'https://a.example/boxes/1?x=2'", true),
        ("method = 'GET'\nurl = 'https://a.example/boxes/1?x=2'", false),
        ("method = 'POST'\nurl = 'https://a.example/boxes/1'", false),
        ("method = 'POST'\nurl = '*/boxes/*'", true),
        ("method = 'POST'\nurl = '*/boxes/*?x=2'", true),
        ("method = 'POST'\nurl = '*/boxes/*?x=3'", false),
        ("method = 'POST'\nurl = '*'\nheaders = { Authorization = 'Bearer k' }", true),
        ("method = 'POST'\nurl = '*'\nheaders = { authorization = 'Bearer other' }", false),
        ("method = 'POST'\nurl = '*'\njson = { a = 1 }", false),
        ("method = 'POST'\nurl = '*'\ntext = '{\"a\": 1, \"b\": null}'", true),
    ] {
        assert_eq!(request(text).fits(&asked), fits, "{text}");
    }
}

#[test]
fn what_a_scenario_is_given_goes_before_what_its_file_is() {
    let file: File = toml::from_str(
        "[given]\nsettings = { a = 1, b = 2 }\nexchange = [{ request = { method = 'GET', url = '*' }, any = true }]\n\
         [[scenario]]\nname = 'x'\nwhen = { call = 'product.create' }\n\
         [scenario.given]\nsettings = { b = 3, hosts = ['a', 'b'] }\nexchange = [{ request = { method = 'GET', url = 'https://a.example/' } }]\n",
    )
    .unwrap();
    let given = file.complete(std::path::Path::new("tests/x.toml")).next().unwrap().given;
    assert_eq!(json!(given.settings_form(false).unwrap()), json!({ "a": 1, "b": 3, "hosts": ["a", "b"] }));
    assert_eq!(given.exchanges[0].request.url, "https://a.example/");
    assert_eq!(given.exchanges.len(), 2);
}

#[test]
fn a_place_is_tried_as_often_as_one_likes() {
    use caisson_capabilities::http::egress::{Provider as _, Trial, Untried};
    let probes = json!([
        { "place": "mx.example.com:25", "connects-ms": 12, "days-left": -3 },
        { "place": "down.example.com:25", "fails": "silent" },
    ]);
    let played = Played::default().with_probes(serde_json::from_value(probes).unwrap());
    for _ in 0..2 {
        assert_eq!(played.tried("mx.example.com:25", Trial::Connect), Ok(12));
    }
    assert_eq!(played.tried("mx.example.com:25", Trial::Certificate), Ok(-3));
    assert_eq!(played.tried("down.example.com:25", Trial::Connect), Err(Untried::Silent));
    let Err(Untried::Broken(why)) = played.tried("other.example.com:25", Trial::Connect) else { panic!() };
    assert_eq!(why, "no probe of the scenario is for other.example.com:25");
    let (seen, unanswered) = played.seen();
    assert_eq!((seen.len(), unanswered.len()), (5, 1));
    assert_eq!((seen[2].method.as_str(), seen[2].url.as_str()), ("CERTIFICATE", "mx.example.com:25"));
}

#[test]
fn a_place_fails_as_its_probe_says() {
    use caisson_capabilities::http::egress::{Provider as _, Trial, Untried};
    let broken = |words: &str| Err(Untried::Broken(format!("a.example:25 {words}")));
    for (fails, expected) in [
        (Some("refuses"), Err(Untried::Refused)),
        (Some("silent"), Err(Untried::Silent)),
        (Some("cut"), broken("broke off")),
        (Some("large"), broken("broke off")),
        (Some("unknown"), broken("has no address")),
        (Some("untrusted"), broken("cannot prove who it is")),
        (None, broken("shows no certificate")),
    ] {
        let probes = json!([{ "place": "a.example:25", "fails": fails }]);
        let played = Played::default().with_probes(serde_json::from_value(probes).unwrap());
        assert_eq!(played.tried("a.example:25", Trial::Certificate), expected);
    }
}

#[tokio::test]
async fn each_exchange_answers_once_and_what_nothing_answers_is_kept() {
    use caisson_capabilities::http::egress::Provider as _;
    let exchanges = json!([
        { "request": { "method": "GET", "url": "*/one" }, "answer": { "json": { "n": 1 } } },
        { "request": { "method": "GET", "url": "*/never" } },
    ]);
    let played = Played::new(serde_json::from_value(exchanges).unwrap(), false);
    let one = sent("GET", "https://a.example/one", "");
    let answer = played.answer(&one).await.unwrap().unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.headers()["content-type"].to_str().unwrap()),
        (200, "application/json")
    );
    let again = played.answer(&one).await.unwrap().unwrap_err().to_string();
    assert_eq!(again, "no exchange of the scenario answers GET https://a.example/one");
    let (seen, unanswered) = played.seen();
    assert_eq!((seen.len(), unanswered.len()), (2, 1));
    assert_eq!(played.unused()[0].url, "*/never");
}
