//! One version after another.

use caisson_tests::support::{Puppet, each_database, until};
use serde_json::{Value, json};

use super::{Plays, SOON, act, first, install, module, motto, quiet, serves, services, version};

#[tokio::test]
async fn an_update_that_widens_its_hosts_is_held_with_the_difference_shown() {
    each_database(async |panel, admin| {
        let puppet = first(&admin).await;
        let host = "host = \"example.com\"";
        let wider = version("1.1.0", &quiet()).edit("module.toml", host, "host = \"*.example.com\"").unwrap();
        let wider = wider.edit("module.toml", "\"heard\", \"scratch\"", "\"heard\"").unwrap();
        let wider =
            wider.edit("module.toml", "[capabilities]\n", "[capabilities]\nbudget = { page-cpu-ms = 500 }\n");
        puppet.upload(&wider.unwrap().bytes().unwrap()).await.unwrap();

        let held = admin.api.post(&puppet.path("activate?version=1.1.0"), &json!({})).await.unwrap();
        assert_eq!(held.status, 409, "{}", held.body);
        let difference = admin.api.get(&puppet.path("difference")).await.unwrap().ok().unwrap();
        assert_eq!(
            (&difference["from"], &difference["to"]),
            (&json!("1.0.0"), &json!("1.1.0")),
            "{difference}"
        );
        assert_eq!(difference["waits"], true);
        let ids = |list: &str| -> Vec<String> {
            let lines = difference[list].as_array().unwrap().iter();
            lines.map(|one| one["id"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(ids("more"), ["http https://*.example.com any"]);
        assert_eq!(ids("less"), ["http https://example.com any", "table scratch"]);
        assert!(ids("same").contains(&"table notes".to_owned()), "{difference}");
        assert_eq!(difference["limits"], json!([{ "name": "page-cpu-ms", "from": 1000, "to": 500 }]));

        let told = panel.caisson(&["module", "diff", "product/puppet"]).await.unwrap();
        for line in
            ["+ http https://*.example.com any", "- table scratch", "= table notes", "caisson module grant"]
        {
            assert!(told.contains(line), "{line} is not in: {told}");
        }
        let mut visitor = panel.signed_in(&admin).await.unwrap();
        let page = visitor.open("/admin/modules/product/puppet/-/difference?version=1.1.0").await.unwrap();
        assert!(page.text().contains("every host below example.com"), "{}", page.text());
        // Of all that it asks for, one thing is new.
        let page = visitor.open("/admin/modules/product/puppet").await.unwrap();
        assert!(page.text().contains("One request waits for your decision"), "{}", page.text());

        assert_eq!(module(&admin).await["version"], "1.0.0");
        assert_eq!(puppet.play(motto()).await.unwrap(), ["1.0.0"]);
        puppet.grant(None, &[]).await.unwrap();
        act(&admin, &puppet, "activate").await;
        assert_eq!(puppet.play(motto()).await.unwrap(), ["1.1.0"]);
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn an_update_that_fails_leaves_the_old_version_serving_on_what_it_had() {
    each_database(async |_panel, admin| {
        let puppet = first(&admin).await;
        puppet.one(json!({ "op": "db.put", "name": "a", "value": 1 })).await.unwrap();
        let before = puppet.one(json!({ "op": "db.all" })).await.unwrap();
        let begins = [
            json!({ "op": "db.add", "column": "since" }),
            json!({ "op": "db.create", "table": "scratch" }),
            json!({ "op": "db.lose", "column": "value" }),
            json!({ "op": "db.delete", "name": "%" }),
        ];
        let ends = [
            ("1.1.0", json!({ "op": "fail", "message": "The provider wants a newer key." }), "a newer key"),
            ("1.2.0", json!({ "op": "crash" }), "crashed"),
            ("1.3.0", json!({ "op": "repeat", "times": 2000, "do": { "op": "db.count" } }), "are full"),
            ("1.4.0", json!({ "op": "db.lose", "column": "nothing" }), "module"),
        ];
        for (number, end, why) in ends {
            let update = begins.iter().cloned().chain([end]).collect();
            install(&puppet, &version(number, &Plays { update, page: motto() })).await;
            let refused = admin.api.post(&puppet.path("activate"), &json!({})).await.unwrap();
            let said = refused.body["message"].as_str().unwrap_or_default().to_owned();
            assert!(refused.status >= 400, "{number}: {}", refused.body);
            assert!(said.contains(why), "{number}: {said}");
            assert_eq!(module(&admin).await["version"], "1.0.0");
            assert_eq!(puppet.one(json!({ "op": "db.all" })).await.unwrap(), before, "{number}");
            assert_eq!(
                puppet.one(json!({ "op": "db.has", "table": "scratch" })).await.unwrap(),
                false,
                "{number}"
            );
        }
    })
    .await
    .unwrap();
}

/// Queues the motto for later, and gives the task's address.
async fn later(puppet: &Puppet, seconds: u32) -> String {
    let task = json!({ "op": "tasks.add", "do": motto(), "delay": seconds });
    let id = puppet.one(task).await.unwrap();
    format!("/tasks/{}", id.as_str().unwrap())
}

#[tokio::test]
async fn tasks_finish_on_the_version_that_queued_them() {
    each_database(async |_panel, admin| {
        let puppet = first(&admin).await;
        install(&puppet, &version("1.1.0", &quiet())).await;
        let of_first = later(&puppet, 4).await;
        act(&admin, &puppet, "activate").await;
        let of_second = later(&puppet, 8).await;
        act(&admin, &puppet, "roll-back").await;
        assert_eq!(puppet.play(motto()).await.unwrap(), ["1.0.0"]);

        // Neither goes while it has work left, though only one of them serves.
        let second = module(&admin).await["versions"][0]["id"].as_str().unwrap().to_owned();
        let gone = puppet.path(&format!("versions/{second}"));
        let refused = admin.api.delete(&gone).await.unwrap();
        assert_eq!(refused.status, 409, "{}", refused.body);
        assert!(
            refused.body["message"].as_str().unwrap().contains("tasks that have not ended"),
            "{}",
            refused.body
        );
        for (task, on) in [(of_first, "1.0.0"), (of_second, "1.1.0")] {
            let result = until(SOON, "the task to end", async || {
                let task = admin.api.get(&task).await.ok()?.ok().ok()?;
                (task["status"] == "done").then(|| task["result"].clone())
            });
            assert_eq!(result.await.unwrap()["answers"], json!([on]));
        }
        admin.api.delete(&gone).await.unwrap().expect(204).unwrap();
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_roll_back_needs_one_click_and_loses_nothing() {
    each_database(async |panel, admin| {
        let puppet = first(&admin).await;
        let service = services(&admin, 1).await.remove(0);
        let nothing = admin.api.post(&puppet.path("roll-back"), &json!({})).await.unwrap();
        assert_eq!(nothing.status, 409, "{}", nothing.body);
        assert!(
            nothing.body["message"].as_str().unwrap().contains("nothing served before"),
            "{}",
            nothing.body
        );

        let adds = Plays { update: json!([{ "op": "db.add", "column": "since" }]), page: motto() };
        install(&puppet, &version("1.1.0", &adds)).await;
        act(&admin, &puppet, "activate").await;
        puppet.one(json!({ "op": "db.put", "name": "kept", "value": 7 })).await.unwrap();
        let said = panel.caisson(&["module", "rollback", "product/puppet"]).await.unwrap();
        assert!(said.contains("1.0.0 serves again"), "{said}");
        until(SOON, "the panel to follow", async || {
            (serves(&admin, &service).await == Ok("1.0.0".to_owned())).then_some(())
        })
        .await
        .unwrap();
        let rows: Value = puppet.one(json!({ "op": "db.names" })).await.unwrap();
        assert_eq!(rows, json!(["kept"]));
        puppet.one(json!({ "op": "db.put", "name": "more", "value": 8 })).await.unwrap();

        // Where the version before could not work with what became of its tables, it is not brought back.
        let takes = Plays { update: json!([{ "op": "db.lose", "column": "value" }]), page: motto() };
        install(&puppet, &version("1.2.0", &takes)).await;
        act(&admin, &puppet, "activate").await;
        let refused = admin.api.post(&puppet.path("roll-back"), &json!({})).await.unwrap();
        assert_eq!(refused.status, 409, "{}", refused.body);
        assert!(
            refused.body["message"]
                .as_str()
                .unwrap()
                .contains("1.0.0 cannot serve again, since the column 'notes.value' is gone"),
            "{}",
            refused.body
        );
        assert_eq!(module(&admin).await["version"], "1.2.0");
    })
    .await
    .unwrap();
}
