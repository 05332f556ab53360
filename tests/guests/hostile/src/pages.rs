//! Answers of a page that are more than a page.

use caisson_guest::{Problem, Response, Result, View, json};

const MIB: usize = 1 << 20;
const SCRIPT: &str = "<script>alert(1)</script>";

pub(crate) fn page(deed: &str) -> Result<Response> {
    let text = || Response::text("It answered.");
    let view = |template: &str, data: String| Response::view(View { template: template.to_owned(), data });
    Ok(match deed {
        "no-status" => text().with_status(0),
        "switching" => text().with_status(101),
        "early" => text().with_status(199),
        "nothing" => text().with_status(204),
        "unchanged" => text().with_status(304),
        "status-999" => text().with_status(999),
        "status-65535" => text().with_status(u16::MAX),
        "headers" => (0..10_000).fold(text(), |page, number| page.with_header(format!("x-{number}"), "a")),
        "cookie" => text()
            .with_header("set-cookie", "session=mine; Path=/")
            .with_header("content-security-policy", "script-src *")
            .with_header("location", "https://evil.example/"),
        "lines" => text().with_header("x-a\r\nset-cookie: session", "mine\r\n\r\n<script>"),
        "script" => Response::text(SCRIPT),
        "document" => Response::blob("text/html", SCRIPT.as_bytes().to_vec()),
        "odd-document" => Response::blob("text/html\r\nset-cookie: a=b", SCRIPT.as_bytes().to_vec()),
        "megabytes" => Response::text("x".repeat(7 * MIB)),
        "too-much" => Response::blob("application/octet-stream", vec![0; 20 * MIB]),
        "to-script" => Response::redirect("javascript:alert(1)"),
        "to-elsewhere" => Response::redirect("//evil.example/"),
        "to-lines" => Response::redirect("https://example.com/\r\nset-cookie: a=b"),
        "to-the-panel" => Response::redirect("/admin/modules/product/hostile/../../../settings"),
        "markup" => view(
            "page",
            json!({ "rows": [SCRIPT, "\" onload=\"alert(1)"], "link": "javascript:alert(1)" }).to_string(),
        ),
        "rows" => view("page", json!({ "rows": vec!["x"; 500_000], "link": "" }).to_string()),
        "long-row" => view("page", json!({ "rows": ["x".repeat(6 * MIB)], "link": "" }).to_string()),
        "deep" => view("page", format!("{{\"rows\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000))),
        "no-data" => view("page", "not JSON".to_owned()),
        "elsewhere" => view("../../../views/admin/dashboard", "{}".to_owned()),
        "the-panels" => view("admin/dashboard", "{}".to_owned()),
        _ => return Err(Problem::not_found("There is no such page.")),
    })
}
