//! Texts that try to become code, on a page of a module for staff and on one for clients, in Chromium.
//!
//! Each payload of `tests/corpus/xss.txt` stands in text, in attributes of both quotes, in a link, in a field, in JSON and as markup that
//! the panel sanitises. Twice: as the panel serves the page, whose policy must find nothing to refuse, and as a copy without any policy.

use std::time::Duration;

use axum::response::Html;
use caisson_tests::support::{Admin, Browser, Page, Panel, Puppet, Visitor, repository, until};
use serde_json::{Value, json};

const SOON: Duration = Duration::from_secs(20);
const CLIENT: (&str, &str) = ("grace@example.com", "staple battery horse");

/// What is wrong with what a page made of the payloads in `arguments[0]`. Runs in the browser.
const INSPECT: &str = r#"
const payloads = arguments[0];
const faults = [];
const sections = [...document.querySelectorAll('section.payload')];
if (sections.length !== payloads.length) faults.push(`${sections.length} sections for ${payloads.length} payloads`);
// As the parser reads it: in an attribute a null becomes a mark, in text it is gone.
const text = (given) => String(given).replace(/\r\n?/g, '\n').replaceAll('\0', '\uFFFD');
const kept = new Set(['http:', 'https:', 'mailto:']);
const urls = ['href', 'src', 'action', 'formaction', 'cite', 'poster', 'background', 'data', 'xlink:href', 'srcset', 'ping'];
const never = 'script,style,link,meta,base,iframe,frame,object,embed,applet,svg,math,form,template,noscript,video,audio,input';
sections.forEach((section, at) => {
  const payload = text(payloads[at]);
  const is = (what, found) => { if (found !== payload) faults.push(`${at} ${what}: ${found}`); };
  const plain = section.querySelector('.as-text')?.textContent;
  if (plain !== payload.replaceAll('\uFFFD', '')) faults.push(`${at} text: ${plain}`);
  is('double quotes', section.querySelector('.as-attribute')?.getAttribute('title'));
  is('single quotes', section.querySelector('.as-attribute')?.getAttribute('data-label'));
  const value = section.querySelector('.as-value')?.value;
  if (value !== payload.replace(/^\n/, '')) is('field', value);
  is('JSON', text(JSON.parse(section.querySelector('.as-json')?.textContent ?? '0')));
  const link = section.querySelector('.as-link');
  if (!kept.has(link?.protocol)) faults.push(`${at} link: ${link?.href}`);
  if (link && link.host && link.host !== location.host && /^[/\\]/.test(link.getAttribute('href')))
    faults.push(`${at} link to another host: ${link.href}`);
  const markup = section.querySelector('.as-markup');
  if (!markup || section.children.length !== 6) faults.push(`${at} broke out of its place`);
  for (const element of section.querySelectorAll('*')) {
    if (element.matches(never)) faults.push(`${at} <${element.tagName}>`);
    for (const { name, value } of element.attributes) {
      if (/^(on|hx-|data-hx|data-bs|@|v-|x-|ng-|style$|srcdoc$|id$|name$|class$)/.test(name) && markup?.contains(element) && element !== markup)
        faults.push(`${at} ${name}="${value}"`);
      if (/^on/.test(name)) faults.push(`${at} ${name}`);
      if (urls.includes(name) && !kept.has(new URL(value, location.href).protocol)) faults.push(`${at} ${name}="${value}"`);
    }
  }
});
return faults;
"#;

/// Does to every element what handlers wait for, and says how often one ran.
const PROVOKE: &str = r"
const events = ['click', 'dblclick', 'mouseover', 'mouseenter', 'focus', 'blur', 'load', 'error', 'toggle', 'begin', 'wheel',
  'keydown', 'copy', 'paste', 'submit', 'animationstart', 'animationend', 'transitionend', 'pointerenter', 'contextmenu'];
for (const element of document.querySelectorAll('section.payload *'))
  for (const name of events) element.dispatchEvent(new Event(name, { bubbles: false, cancelable: true }));
// Once more through the parser: what changes its meaning there is mutation.
for (const section of document.querySelectorAll('section.payload')) {
  const again = document.createElement('div');
  document.body.append(again);
  again.innerHTML = section.innerHTML;
  for (const element of again.querySelectorAll('*'))
    for (const name of events) element.dispatchEvent(new Event(name, { bubbles: false, cancelable: true }));
}
await new Promise((done) => setTimeout(done, 500));
return window.hits;
";

fn payloads() -> Vec<String> {
    let corpus = std::fs::read_to_string(repository().join("tests/corpus/xss.txt")).unwrap();
    let lines = corpus.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(unescaped).collect()
}

/// `\t`, `\n`, `\\` and `\u{…}` as the characters they stand for.
fn unescaped(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let (taken, character) = match rest[at + 1..].chars().next() {
            Some('t') => (2, '\t'),
            Some('n') => (2, '\n'),
            Some('\\') => (2, '\\'),
            Some('u') => {
                let end = rest[at..].find('}').unwrap();
                let code = u32::from_str_radix(&rest[at + 3..at + end], 16).unwrap();
                (end + 1, char::from_u32(code).unwrap())
            }
            _ => (1, '\\'),
        };
        out.push(character);
        rest = &rest[at + taken..];
    }
    out + rest
}

/// A page as it stands, from a server that says nothing of what may run.
async fn without_policy(html: String) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let watched =
        format!("<script>window.hits = 0; window.hit = () => {{ window.hits += 1; }};</script>{html}");
    let app = axum::Router::new().route("/", axum::routing::get(async move || Html(watched)));
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}/")
}

async fn provoked(browser: &Browser) -> i64 {
    let script =
        format!("const done = arguments[arguments.length - 1]; (async () => {{ {PROVOKE} }})().then(done);");
    browser.execute_async(&script, Vec::new()).await.unwrap().json().as_i64().unwrap()
}

/// A service of the puppet's whose tabs its client may open.
async fn provisioned(admin: &Admin, puppet: &Puppet) -> String {
    let id = |reply: Value| reply["id"].as_str().unwrap().to_owned();
    let product = json!({
        "name": "P", "slug": "p", "module": puppet.key, "price_minor": 1, "currency": "EUR", "module_data": {},
    });
    let product = id(admin.api.post("/products", &product).await.unwrap().expect(201).unwrap());
    let client = json!({ "email": CLIENT.0, "password": CLIENT.1, "name": "Grace", "currency": "EUR" });
    let client = id(admin.api.post("/clients", &client).await.unwrap().expect(201).unwrap());
    let order = json!({ "client_id": client, "product_id": product, "data": {} });
    let service = id(admin.api.post("/services", &order).await.unwrap().expect(201).unwrap());
    puppet.one(json!({ "op": "services.status", "id": service })).await.unwrap();
    service
}

/// The page as whoever signed in gets it.
async fn fetched(panel: &Panel, (email, password): (&str, &str), path: &str) -> Page {
    let mut visitor = Visitor::new(&panel.url()).unwrap();
    let sign_in = visitor.open(path).await.unwrap();
    visitor.submit(&sign_in.path, &[("email", email), ("password", password)]).await.unwrap();
    let page = visitor.open(path).await.unwrap();
    assert_eq!(page.status, 200, "{}", page.body);
    page
}

/// Signs the browser in and stays on the page.
async fn signed_in(browser: &Browser, panel: &Panel, (email, password): (&str, &str), path: &str) {
    use thirtyfour::By;
    browser.goto(format!("{}{path}", panel.url())).await.unwrap();
    for (name, text) in [("email", email), ("password", password)] {
        browser.find(By::Name(name)).await.unwrap().send_keys(text).await.unwrap();
    }
    browser
        .find(By::Css("main form button[type=submit], form button.btn-primary"))
        .await
        .unwrap()
        .click()
        .await
        .unwrap();
}

async fn opened(browser: &Browser, panel: &Panel, who: (&str, &str), path: &str) {
    signed_in(browser, panel, who, path).await;
    until(SOON, "the payloads on the page", async || {
        browser.find(thirtyfour::By::Css("section.payload")).await.ok().map(drop)
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn no_payload_runs_on_either_surface() {
    let case = caisson_threats::case(33, "payloads in six contexts on two surfaces");
    let payloads = payloads();
    let _case = case.times(payloads.len() * 6 * 2);
    assert!(payloads.len() >= 300, "{} payloads", payloads.len());
    let panel = Panel::start().await.unwrap();
    let admin = panel.admin().await.unwrap();
    let puppet = Puppet::install(&admin, "puppet", &[]).await.unwrap();
    let shown = json!({ "op": "cache.set", "key": "payloads", "value": payloads, "tags": [] });
    puppet.one(shown).await.unwrap();
    // The panel's own pages show what modules say, too.
    for said in payloads.chunks(100) {
        let steps = said.iter().map(|text| json!({ "op": "log.info", "action": text.chars().take(30).collect::<String>(), "request": text, "response": text }));
        puppet.play(steps.collect()).await.unwrap();
    }
    let service = provisioned(&admin, &puppet).await;
    let surfaces = [
        (
            (admin.email.as_str(), admin.password.as_str()),
            "/admin/modules/product/puppet/payloads".to_owned(),
        ),
        (CLIENT, format!("/client/services/{service}/payloads")),
    ];
    for (who, path) in surfaces {
        let browser = Browser::start().await.unwrap();
        opened(&browser, &panel, who, &path).await;
        let faults = browser.execute(INSPECT, vec![json!(payloads)]).await.unwrap();
        assert_eq!(faults.json(), &json!([]), "{path}");
        if path.starts_with("/admin") {
            browser.goto(format!("{}/admin/log", panel.url())).await.unwrap();
        }
        // Nothing got as far as the policy.
        let console = browser.console().await.unwrap();
        let refused: Vec<_> =
            console.iter().filter(|line| line.contains("Policy") || line.contains("Refused")).collect();
        assert!(refused.is_empty(), "{path}: {refused:#?}");

        let page = fetched(&panel, who, &path).await;
        let copy = without_policy(page.body).await;
        browser.goto(&copy).await.unwrap();
        let faults = browser.execute(INSPECT, vec![json!(payloads)]).await.unwrap();
        assert_eq!(faults.json(), &json!([]), "{path} without a policy");
        assert_eq!(provoked(&browser).await, 0, "{path}: a payload ran");
        browser.quit().await.unwrap();
    }
}

#[tokio::test]
async fn a_modules_script_sees_nothing_of_the_panel() {
    let _case = caisson_threats::case(34, "a script that looks around").times(17);
    use thirtyfour::By;
    let panel = Panel::start().await.unwrap();
    let admin = panel.admin().await.unwrap();
    let puppet = Puppet::install(&admin, "puppet", &["frames"]).await.unwrap();
    let who = (admin.email.as_str(), admin.password.as_str());
    let path = "/admin/modules/product/puppet/frame";
    // One key is not enough.
    let page = fetched(&panel, who, path).await;
    assert!(!page.body.contains("<iframe") && page.body.contains("has not been approved"), "{}", page.body);
    puppet.grant(None, &[]).await.unwrap();

    let browser = Browser::start().await.unwrap();
    signed_in(&browser, &panel, who, path).await;
    let frame = until(SOON, "the frame", async || browser.find(By::Css("iframe.module-frame")).await.ok());
    let frame = frame.await.unwrap();
    let address = frame.attr("src").await.unwrap().unwrap();
    frame.clone().enter_frame().await.unwrap();
    let found = until(SOON, "what the script found", async || {
        let text = browser.find(By::Id("root")).await.ok()?.text().await.ok()?;
        serde_json::from_str::<Value>(&text).ok()
    });
    let found = found.await.unwrap();
    let found = found.as_object().unwrap();
    assert_eq!(found["data"], json!({ "number": 7 }), "{found:#?}");
    assert!(found.len() > 15, "{found:#?}");
    for (what, came) in found.iter().filter(|(what, _)| *what != "data") {
        assert_eq!(came, "refused", "{what}");
    }
    browser.enter_default_frame().await.unwrap();
    assert!(browser.current_url().await.unwrap().path().ends_with("/frame"));
    let height = frame.attr("height").await.unwrap();
    assert_eq!(height.as_deref(), Some("4000"));

    // Alone in a tab it is as powerless: its own policy makes its origin nobody's.
    let path = &address[address.find("/frames/").unwrap()..];
    let alone = Visitor::new(&panel.url()).unwrap().open(path).await.unwrap();
    let policy = alone.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("sandbox allow-scripts; default-src 'none'"), "{policy}");
    let script = Visitor::new(&panel.url()).unwrap().open(&format!("{path}.js")).await.unwrap();
    assert!(script.headers["content-security-policy"].to_str().unwrap().ends_with("; sandbox"));
    browser.quit().await.unwrap();
}

#[tokio::test]
async fn what_would_run_is_noticed() {
    let browser = Browser::start().await.unwrap();
    let raw = "<section class=\"payload\"><p class=\"as-text\"><img src=x onerror=hit()></p><b onclick=hit()>x</b></section>";
    browser.goto(&without_policy(raw.to_owned()).await).await.unwrap();
    let faults = browser.execute(INSPECT, vec![json!(["<img src=x onerror=hit()>"])]).await.unwrap();
    let faults = faults.json().to_string();
    for expected in ["0 text", "0 onerror", "broke out"] {
        assert!(faults.contains(expected), "{faults}");
    }
    assert!(provoked(&browser).await >= 2);
    browser.quit().await.unwrap();
}
