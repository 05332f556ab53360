//! What a module answers to the panel's own pages: statuses, headers, documents and data that would be more than a page.

use caisson_tests::support::Panel;

use super::deeds::{Hostile, KEY};

/// A page of the hostile guest, the row of `tests/threats.toml`, and the status it ends with.
const PAGES: [(&str, u8, u16); 26] = [
    ("no-status", 11, 502),
    ("switching", 11, 502),
    ("early", 11, 502),
    ("nothing", 11, 204),
    ("unchanged", 11, 502),
    ("status-999", 11, 502),
    ("status-65535", 11, 502),
    ("headers", 35, 200),
    ("cookie", 35, 200),
    ("lines", 35, 200),
    ("script", 33, 200),
    ("document", 33, 200),
    ("odd-document", 33, 200),
    ("megabytes", 8, 200),
    ("too-much", 8, 502),
    ("to-script", 33, 502),
    ("to-elsewhere", 35, 502),
    ("to-lines", 29, 502),
    ("to-the-panel", 35, 502),
    ("markup", 33, 200),
    ("rows", 32, 200),
    ("long-row", 32, 200),
    ("deep", 32, 502),
    ("no-data", 32, 502),
    ("elsewhere", 32, 200),
    ("the-panels", 32, 200),
];

#[tokio::test]
async fn no_answer_of_a_module_is_more_than_a_page() {
    let mut panel = Panel::start().await.unwrap();
    let admin = panel.admin().await.unwrap();
    let mut visitor = panel.signed_in(&admin).await.unwrap();
    Hostile::install(&admin).await;
    let mut wrong = Vec::new();
    for (deed, row, status) in PAGES {
        let case = caisson_threats::case(row, format!("a page of {deed}"));
        let page = visitor.open(&format!("/admin/modules/{KEY}/page/{deed}")).await.unwrap();
        let header = |name: &str| page.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
        let kind = header("content-type").unwrap_or_default();
        let faults = [
            (page.status != status, format!("it is answered with {}", page.status)),
            (page.body.len() > 8 << 20, format!("it has {} bytes", page.body.len())),
            (
                header("set-cookie").is_some_and(|cookie| cookie.contains("mine") || cookie.contains("a=b")),
                "it sets a cookie".to_owned(),
            ),
            (
                header("x-content-type-options").as_deref() != Some("nosniff"),
                "browsers may guess what it is".to_owned(),
            ),
            (
                !header("content-security-policy")
                    .is_some_and(|policy| policy.contains("'none'") && !policy.contains("script-src *")),
                "its policy is not the panel's".to_owned(),
            ),
            (
                kind.starts_with("text/html")
                    && header("content-disposition").is_none()
                    && page.body.contains("<script>alert"),
                "its script is one".to_owned(),
            ),
            (page.body.contains("href=\"javascript:"), "its link is a script".to_owned()),
        ];
        let faults: Vec<_> = faults.into_iter().filter_map(|(found, fault)| found.then_some(fault)).collect();
        if !faults.is_empty() {
            wrong.push(format!("{deed}: {}", faults.join(", ")));
            case.got_through();
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    panel.front().check_running().unwrap();
    assert!(!panel.logs().contains("panicked"), "{}", panel.logs());
}
