//! A share for the newer version.

use caisson_tests::support::{Admin, each_database, until};
use serde_json::{Value, json};

use super::{Plays, SOON, act, crash, first, install, module, motto, quiet, serves, services, version};

async fn canary(admin: &Admin) -> Value {
    admin.api.get("/modules/product/puppet/canary").await.unwrap().ok().unwrap()
}

#[tokio::test]
async fn a_canary_over_its_error_budget_rolls_itself_back() {
    each_database(async |panel, admin| {
        let puppet = first(&admin).await;
        let services = services(&admin, 2).await;
        let hears = Plays { update: json!([{ "op": "db.add", "column": "since" }]), page: crash() };
        install(&puppet, &version("1.1.0", &hears)).await;
        let plan = json!({ "share": 0, "services": [services[0]], "most_failures": 20.0, "least_calls": 5 });
        admin.api.post(&puppet.path("canary"), &plan).await.unwrap().expect(204).unwrap();

        // The same service always lands on the same version, and the other does not notice.
        for _ in 0..4 {
            assert_eq!(serves(&admin, &services[0]).await, Err(502));
            assert_eq!(serves(&admin, &services[1]).await, Ok("1.0.0".to_owned()));
        }
        let running = canary(&admin).await;
        assert_eq!((&running["calls"], &running["failed"]), (&json!(4), &json!(4)), "{running}");
        assert_eq!(running["ended_at"], Value::Null);
        assert_eq!(serves(&admin, &services[0]).await, Err(502));
        assert_eq!(serves(&admin, &services[0]).await, Ok("1.0.0".to_owned()));

        let ended = canary(&admin).await;
        assert_eq!(ended["verdict"], "5 of 5 calls failed, where 20 % may", "{ended}");
        let shown = module(&admin).await;
        assert_eq!((&shown["version"], &shown["quarantined"]), (&json!("1.0.0"), &Value::Null), "{shown}");
        // What it added to the tables is there, and in nobody's way.
        puppet.one(json!({ "op": "db.put", "name": "a", "value": 1 })).await.unwrap();

        let mut visitor = panel.signed_in(&admin).await.unwrap();
        let page = visitor.open("/admin/modules/product/puppet?tab=versions").await.unwrap();
        assert!(page.text().contains("5 of 5 calls failed"), "{}", page.text());
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_canary_within_its_budget_is_promoted_or_taken_back() {
    each_database(async |panel, admin| {
        let puppet = first(&admin).await;
        let all = services(&admin, 12).await;
        install(&puppet, &version("1.1.0", &quiet())).await;
        let told = panel
            .caisson(&["module", "activate", "product/puppet", "--canary", "50", "--error-budget", "2%:50"])
            .await
            .unwrap();
        assert!(told.contains("serves 50 %"), "{told}");
        // Seen by the process that serves pages, though another began it.
        until(SOON, "both versions to serve", async || {
            for service in &all {
                if serves(&admin, service).await.ok()? == "1.1.0" {
                    return Some(());
                }
            }
            None
        })
        .await
        .unwrap();
        let mut seen = Vec::new();
        for _ in 0..2 {
            let mut round = Vec::new();
            for service in &all {
                round.push(serves(&admin, service).await.unwrap());
            }
            seen.push(round);
        }
        assert_eq!(seen[0], seen[1], "a service stays with one version");
        assert_eq!(module(&admin).await["version"], "1.0.0");

        act(&admin, &puppet, "roll-back").await;
        for service in &all {
            assert_eq!(serves(&admin, service).await.unwrap(), "1.0.0");
        }
        assert_eq!(canary(&admin).await["verdict"], "it was rolled back by hand");

        let plan = json!({ "version": "1.1.0", "share": 1 });
        admin.api.post(&puppet.path("canary"), &plan).await.unwrap().expect(204).unwrap();
        act(&admin, &puppet, "promote").await;
        for service in &all {
            assert_eq!(serves(&admin, service).await.unwrap(), "1.1.0");
        }
        let none = admin.api.post(&puppet.path("promote"), &json!({})).await.unwrap();
        assert_eq!(none.status, 409, "{}", none.body);
        act(&admin, &puppet, "roll-back").await;
        assert_eq!(module(&admin).await["version"], "1.0.0");
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_canary_may_only_add_to_tables() {
    each_database(async |_panel, admin| {
        let puppet = first(&admin).await;
        puppet.one(json!({ "op": "db.put", "name": "a", "value": 1 })).await.unwrap();
        let before = puppet.one(json!({ "op": "db.all" })).await.unwrap();
        let takes = [
            (
                "1.1.0",
                json!({ "op": "db.lose", "column": "value" }),
                "dropping 'notes.value' breaks the version that serves",
            ),
            (
                "1.2.0",
                json!({ "op": "db.drop", "table": "heard" }),
                "a canary's update only adds; take away in a later version",
            ),
        ];
        for (number, step, why) in takes {
            let update = json!([{ "op": "db.add", "column": "since" }, step]);
            install(&puppet, &version(number, &Plays { update, page: motto() })).await;
            let refused = admin.api.post(&puppet.path("canary"), &json!({ "share": 10 })).await.unwrap();
            assert!(refused.status >= 400, "{}", refused.body);
            assert!(refused.body["message"].as_str().unwrap().contains(why), "{}", refused.body);
            assert_eq!(puppet.one(json!({ "op": "db.all" })).await.unwrap(), before, "{number}");
        }
        let plans = [
            (json!({ "share": 0 }), "share"),
            (json!({ "share": 100 }), "share"),
            (json!({ "share": 10, "least_calls": 0 }), "least_calls"),
            (json!({ "share": 10, "most_failures": 101.0 }), "most_failures"),
        ];
        for (plan, field) in plans {
            let refused = admin.api.post(&puppet.path("canary"), &plan).await.unwrap().expect(422).unwrap();
            assert_eq!(refused["errors"][0]["field"], field, "{refused}");
        }
        let itself = json!({ "version": "1.0.0", "share": 10 });
        let refused = admin.api.post(&puppet.path("canary"), &itself).await.unwrap().expect(409).unwrap();
        assert!(refused["message"].as_str().unwrap().contains("serves everything already"), "{refused}");
        assert_eq!(admin.api.get(&puppet.path("canary")).await.unwrap().status, 404);
    })
    .await
    .unwrap();
}
