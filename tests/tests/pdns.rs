//! The genuine PowerDNS server.

use caisson_tests::support::{Pdns, RecordType, ResponseCode, client};
use serde_json::json;

#[tokio::test]
async fn a_zone_made_through_the_api_is_answered() {
    let pdns = Pdns::start().unwrap();
    let zones = format!("{}/api/v1/servers/localhost/zones", pdns.api_url());
    let http = client().unwrap();

    let refused = http.get(&zones).header("x-api-key", "wrong").send().await.unwrap();
    assert_eq!(refused.status(), 401);

    let before = pdns.query("www.example.org", RecordType::A).await.unwrap();
    assert_eq!(before.code, ResponseCode::Refused);

    let zone = json!({
        "name": "example.org.",
        "kind": "Native",
        "nameservers": ["ns1.example.net."],
        "rrsets": [{
            "name": "www.example.org.", "type": "A", "ttl": 60,
            "records": [{ "content": "192.0.2.7", "disabled": false }, { "content": "192.0.2.6", "disabled": false }],
        }],
    });
    let made = http.post(&zones).header("x-api-key", pdns.key()).json(&zone).send().await.unwrap();
    assert_eq!(made.status(), 201, "{}", made.text().await.unwrap());

    let answer = pdns.query("www.example.org", RecordType::A).await.unwrap();
    assert_eq!(answer.code, ResponseCode::NoError);
    assert_eq!(answer.texts(), ["192.0.2.6", "192.0.2.7"]);
    let none = pdns.query("ftp.example.org", RecordType::A).await.unwrap();
    assert_eq!(none.code, ResponseCode::NXDomain);
}
