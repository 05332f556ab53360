//! The panel without JavaScript: every page an administrator and a client need, from the first visit to a service in use.

use std::time::Duration;

use caisson_tests::fakes::HostingApi;
use caisson_tests::support::{Page, Panel, Postgres, Visitor, modules, until};
use reqwest::multipart::Part;

const MODULE: &str = "product/cloud-service";
const ADMIN: (&str, &str) = ("ada@example.com", "correct horse battery");
const CLIENT: (&str, &str) = ("grace@example.com", "staple battery horse");

fn is(page: &Page, status: u16) -> &Page {
    assert_eq!(page.status, status, "{}: {}", page.path, page.body);
    page
}

/// The id at the end of a page's path.
fn id(page: &Page) -> String {
    page.path.split('?').next().unwrap().rsplit('/').next().unwrap().to_owned()
}

/// The value of an option whose text contains `label`.
fn option(page: &Page, label: &str) -> String {
    let options = page.body.split("<option value=\"").skip(1);
    let mut found = options.filter(|option| option.split("</option>").next().unwrap().contains(label));
    found
        .next()
        .and_then(|option| option.split('"').next())
        .unwrap_or_else(|| panic!("{label}: {}", page.body))
        .to_owned()
}

/// The panel's first administrator, signed in by having made himself.
async fn set_up(panel: &Panel) -> Visitor {
    let mut admin = Visitor::new(&panel.url()).unwrap();
    let first = admin.open("/").await.unwrap();
    assert_eq!(is(&first, 200).path, "/setup");
    let link = panel.setup_link().unwrap();
    let code = link.strip_prefix("/setup?code=").unwrap();
    assert!(!first.body.contains(code), "who comes by chance reads the code");
    let form = |code, again| {
        [
            ("code", code),
            ("name", "Ada"),
            ("email", ADMIN.0),
            ("password", ADMIN.1),
            ("password_again", again),
        ]
    };
    for guess in ["", &code[1..], "00000000000000000000000000000000"] {
        let refused = admin.submit("/setup", &form(guess, ADMIN.1)).await.unwrap();
        assert!(is(&refused, 422).body.contains("This is not the code of the link that the panel printed"));
    }
    let linked = admin.open(&link).await.unwrap();
    assert!(is(&linked, 200).body.contains(&format!("value=\"{code}\"")), "{}", linked.body);
    let refused = admin.submit("/setup", &form(code, "another one")).await.unwrap();
    assert!(is(&refused, 422).body.contains("The two passwords differ."));
    let entered = admin.submit("/setup", &form(code, ADMIN.1)).await.unwrap();
    assert_eq!(is(&entered, 200).path, "/admin");
    admin
}

#[tokio::test]
async fn from_the_first_visit_to_a_service_in_use_on_sqlite() {
    first_visit_to_service(None).await;
}

#[tokio::test]
async fn from_the_first_visit_to_a_service_in_use_on_postgresql() {
    first_visit_to_service(Some(Postgres::shared().unwrap().create_database().unwrap())).await;
}

async fn first_visit_to_service(database: Option<String>) {
    // Built before anybody waits for it: the panel ends connections on which nothing is asked.
    let bytes = std::fs::read(modules::package(MODULE).unwrap()).unwrap();
    let hosting = HostingApi::start().await.unwrap();
    let builder = Panel::builder().allow_private(hosting.address()).database(database);
    let panel = builder.start().await.unwrap();
    let mut admin = set_up(&panel).await;
    for path in [
        "/admin/modules",
        "/admin/products",
        "/admin/clients",
        "/admin/services",
        "/admin/tasks",
        "/admin/log",
    ] {
        is(&admin.open(path).await.unwrap(), 200);
    }

    // The module: uploaded, looked at, granted one by one, activated, configured, tried.
    admin.open("/admin/modules").await.unwrap();
    let part = Part::bytes(bytes).file_name("cloud-service.caisson");
    let asked = admin.submit_files("/admin/modules", vec![("package", part)]).await.unwrap();
    assert_eq!(is(&asked, 200).path, format!("/admin/modules/{MODULE}/-/approve"));
    let grants: Vec<String> = asked
        .body
        .split("name=\"grants\" value=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    assert!(grants.len() >= 3, "{grants:?}");
    let mut form: Vec<(&str, &str)> = vec![("version", "1.0.0"), ("then", "activate")];
    form.extend(grants.iter().map(|grant| ("grants", grant.as_str())));
    let active = admin.submit(&format!("/admin/modules/{MODULE}/-/approve"), &form).await.unwrap();
    assert!(is(&active, 200).body.contains("The module is active."));
    let settings = format!("/admin/modules/{MODULE}/-/settings");
    let (base, key) = (hosting.url(), hosting.key());
    let wrong = [("api_base", base.as_str()), ("api_key", "not the key"), ("then", "test")];
    is(&admin.submit(&settings, &wrong).await.unwrap(), 422);
    let right = [("api_base", base.as_str()), ("api_key", key), ("then", "test")];
    is(&admin.submit(&settings, &right).await.unwrap(), 200);
    let right = [("api_base", base.as_str()), ("api_key", key), ("then", "save")];
    let saved = admin.submit(&settings, &right).await.unwrap();
    assert!(is(&saved, 200).body.contains("Saved.") && !saved.body.contains(key));

    // A product, a client, a service.
    let asked = admin.open(&format!("/admin/products/new?module={MODULE}")).await.unwrap();
    assert!(is(&asked, 200).body.contains("name=\"data.server_location\""), "{}", asked.body);
    let form =
        [("name", "Cloud Basic"), ("slug", "Not a slug"), ("module", MODULE), ("data.disk_space", "0")];
    let refused = admin.submit("/admin/products", &form).await.unwrap();
    for field in ["slug", "data.disk_space"] {
        assert!(is(&refused, 422).body.contains(&format!("f-{field}-error")), "{field}: {}", refused.body);
    }
    let form = [("name", "Cloud Basic"), ("slug", "cloud-basic"), ("module", MODULE)];
    let product = admin.submit("/admin/products", &form).await.unwrap();
    let product = id(is(&product, 200));
    let form = [("price", "5.00"), ("currency", "EUR")];
    let priced = admin.submit(&format!("/admin/products/{product}?tab=pricing"), &form).await.unwrap();
    assert!(is(&priced, 200).body.contains("value=\"5.00\""));
    let form =
        [("data.server_location", "eu-central"), ("data.plan_type", "basic"), ("data.disk_space", "0")];
    let refused = admin.submit(&format!("/admin/products/{product}?tab=module"), &form).await.unwrap();
    assert!(is(&refused, 422).body.contains("f-data.disk_space-error"), "{}", refused.body);
    let form = [
        ("name", "Grace"),
        ("email", CLIENT.0),
        ("password", CLIENT.1),
        ("locale", "en"),
        ("currency", "EUR"),
    ];
    let client = admin.submit("/admin/clients", &form).await.unwrap();
    let client = id(is(&client, 200));
    let form = admin.open("/admin/services/new").await.unwrap();
    assert_eq!(option(&form, "Grace"), client);
    let path = format!("/admin/services/new?client_id={client}&product_id={product}");
    assert!(is(&admin.open(&path).await.unwrap(), 200).body.contains("data.domain"));
    let form = [
        ("client_id", client.as_str()),
        ("product_id", &product),
        ("data.domain", "grace.example"),
        ("then", "create"),
    ];
    let service = admin.submit("/admin/services", &form).await.unwrap();
    let service = id(is(&service, 200));
    let path = format!("/admin/services/{service}");
    until(Duration::from_secs(30), "the service to be provisioned", async || {
        let state = admin.open(&format!("{path}/state")).await.unwrap();
        state.headers.contains_key("hx-refresh").then_some(())
    })
    .await
    .unwrap();
    let shown = admin.open(&path).await.unwrap();
    assert!(is(&shown, 200).body.contains("grace.example"));
    assert!(shown.body.contains("module-view"), "{}", panel.logs());
    assert_eq!(hosting.accounts().len(), 1);
    for page in
        ["/admin", "/admin/tasks", "/admin/log", "/admin/search?q=grace", "/admin/tokens", "/admin/account"]
    {
        is(&admin.open(page).await.unwrap(), 200);
    }
    for tab in ["overview", "permissions", "settings", "log", "calls", "tasks", "versions"] {
        is(&admin.open(&format!("/admin/modules/{MODULE}?tab={tab}")).await.unwrap(), 200);
    }
    let calls = admin.open(&format!("/admin/modules/{MODULE}?tab=calls")).await.unwrap();
    let call = calls.body.split("/admin/calls/").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    is(&admin.open(&format!("/admin/calls/{call}")).await.unwrap(), 200);
    let task = shown.body.split("/admin/tasks/").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    is(&admin.open(&format!("/admin/tasks/{task}")).await.unwrap(), 200);

    // The client: log-in leads back to where he wanted to go; the module's tab and its requests.
    let mut client = Visitor::new(&panel.url()).unwrap();
    let login = client.open(&format!("/client/services/{service}")).await.unwrap();
    assert!(is(&login, 200).path.starts_with("/client/login?next="));
    let next = format!("/client/services/{service}");
    let form = [("email", CLIENT.0), ("password", CLIENT.1), ("next", &next)];
    let entered = client.submit("/client/login", &form).await.unwrap();
    assert_eq!(is(&entered, 200).path, next);
    let tab = client.open(&format!("{next}/general")).await.unwrap();
    assert!(
        is(&tab, 200).body.contains("grace.example") && tab.text().contains("-/requests/sign-in"),
        "{}",
        tab.body
    );
    is(&client.open(&format!("{next}/files")).await.unwrap(), 200);
    is(&client.open(&format!("{next}/nothing")).await.unwrap(), 404);
    let restarted = client.submit(&format!("{next}/-/actions/restart"), &[]).await.unwrap();
    assert_eq!(is(&restarted, 200).path, next);
    is(&client.submit(&format!("{next}/-/actions/nothing"), &[]).await.unwrap(), 404);
    is(&client.open("/client/account").await.unwrap(), 200);
    let form = [
        ("current_password", "wrong"),
        ("password", "a new one, long"),
        ("password_again", "a new one, long"),
    ];
    is(&client.submit("/client/account/password", &form).await.unwrap(), 422);
    let form = [
        ("current_password", CLIENT.1),
        ("password", "a new one, long"),
        ("password_again", "a new one, long"),
    ];
    let changed = client.submit("/client/account/password", &form).await.unwrap();
    assert!(is(&changed, 200).body.contains("The password is changed."));

    // What is in use stays: the module of a product, the product of a service, the client of a service.
    is(&admin.submit(&format!("/admin/modules/{MODULE}/-/deactivate"), &[]).await.unwrap(), 200);
    let kept = admin.submit(&format!("/admin/modules/{MODULE}/-/delete"), &[]).await.unwrap();
    assert!(is(&kept, 200).body.contains("still has services (1)"), "{}", kept.text());
    let kept = admin.submit(&format!("/admin/products/{product}/delete"), &[]).await.unwrap();
    assert!(is(&kept, 200).body.contains("There are services of this product"), "{}", kept.text());

    // Neither sees the other's area, nor another client the service.
    assert!(client.open("/admin").await.unwrap().path.starts_with("/admin/login"));
    let other = [
        ("name", "Mallory"),
        ("email", "m@example.com"),
        ("password", CLIENT.1),
        ("locale", "en"),
        ("currency", "EUR"),
    ];
    admin.open("/admin/clients/new").await.unwrap();
    is(&admin.submit("/admin/clients", &other).await.unwrap(), 200);
    let mut mallory = Visitor::new(&panel.url()).unwrap();
    mallory.open("/client/login").await.unwrap();
    let form = [("email", "m@example.com"), ("password", CLIENT.1)];
    assert_eq!(mallory.submit("/client/login", &form).await.unwrap().path, "/client/services");
    is(&mallory.open(&next).await.unwrap(), 404);
    is(&mallory.open(&format!("{next}/general")).await.unwrap(), 404);
    is(&mallory.submit(&format!("{next}/-/actions/restart"), &[]).await.unwrap(), 404);
}

#[tokio::test]
async fn a_form_without_its_token_changes_nothing() {
    let _case = caisson_threats::case(35, "a form without its token changes nothing");
    let panel = Panel::start().await.unwrap();
    let mut admin = set_up(&panel).await;
    admin.open("/admin/clients/new").await.unwrap();
    let token = admin.token().unwrap().to_owned();
    let form = [("name", "Eve"), ("email", "eve@example.com"), ("locale", "en"), ("currency", "EUR")];
    for forged in ["", "00", &token[1..]] {
        admin.forge_token(forged);
        is(&admin.submit("/admin/clients", &form).await.unwrap(), 403);
    }
    // Each page brought a good token again.
    admin.forge_token("00");
    let part = Part::bytes(b"x".to_vec());
    is(&admin.submit_files("/admin/modules", vec![("package", part)]).await.unwrap(), 403);
    is(&admin.submit_files("/admin/clients", vec![("name", Part::text("Eve"))]).await.unwrap(), 403);
    admin.forge_token(&token);
    is(&admin.submit("/admin/clients", &form).await.unwrap(), 200);
}

#[tokio::test]
async fn guessing_is_held_back_and_a_log_out_ends_the_session() {
    let _case = caisson_threats::case(43, "guessing is held back and a log out ends the session");
    let mut panel = Panel::start().await.unwrap();
    let mut admin = set_up(&panel).await;
    is(&admin.submit("/admin/logout", &[]).await.unwrap(), 200);
    assert!(admin.open("/admin").await.unwrap().path.starts_with("/admin/login"));
    let wrong = [("email", ADMIN.0), ("password", "wrong")];
    for _ in 0..5 {
        is(&admin.submit("/admin/login", &wrong).await.unwrap(), 422);
    }
    let right = [("email", ADMIN.0), ("password", ADMIN.1)];
    is(&admin.submit("/admin/login", &right).await.unwrap(), 429);

    let link = panel.setup_link().unwrap();
    assert!(admin.open(&link).await.unwrap().path.starts_with("/admin/login"), "the code has had its day");
    panel.restart().await.unwrap();
    assert_eq!(panel.setup_link(), None);
}

#[tokio::test]
async fn behind_a_proxy_guessing_is_held_back_where_it_comes_from() {
    let panel = Panel::builder().trusted_proxy("127.0.0.0/8").start().await.unwrap();
    panel.admin().await.unwrap();
    let mut visitor = panel.visitor().unwrap();
    visitor.open("/admin/login").await.unwrap();
    visitor.forwarded_for("203.0.113.9, 198.51.100.1");
    let guess = async |visitor: &mut Visitor, at: usize| {
        let email = format!("nobody{at}@example.com");
        let wrong = [("email", email.as_str()), ("password", "wrong")];
        visitor.submit("/admin/login", &wrong).await.unwrap().status
    };
    for at in 0..50 {
        assert_eq!(guess(&mut visitor, at).await, 422);
    }
    assert_eq!(guess(&mut visitor, 50).await, 429);
    visitor.forwarded_for("203.0.113.9, 198.51.100.2");
    assert_eq!(guess(&mut visitor, 51).await, 422, "somebody else is held back");
}
