//! Modules, versions, grants, settings, generations.

use caisson_storage::settings::Setting;
use caisson_storage::testing::databases;
use caisson_storage::{StorageError, generations, grants, modules, products, settings};
use caisson_types::manifest::GrantId;
use caisson_types::{AdminId, ModuleStatus, Timestamp};
use serde_json::{Value, json};

use crate::support::{key, product, version};

#[tokio::test]
async fn versions_sort_as_versions_and_belong_to_their_module() {
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        for (module, number) in [
            ("product/a", "0.9.0"),
            ("product/a", "0.10.0"),
            ("plugin/b", "1.0.0"),
            ("product/a", "0.10.0-rc.1"),
        ] {
            modules::insert_version(&mut conn, &version(module, number)).await.unwrap();
        }
        let again = modules::insert_version(&mut conn, &version("product/a", "0.9.0")).await;
        assert!(matches!(again, Err(StorageError::Unique(_))), "{}", db.name());

        let listed = modules::list(&mut conn).await.unwrap();
        let shown: Vec<_> = listed
            .iter()
            .map(|(module, versions)| {
                let versions: Vec<_> = versions.iter().map(|version| version.version.to_string()).collect();
                (module.key.to_string(), versions.join(" "))
            })
            .collect();
        let expected = [("plugin/b", "1.0.0"), ("product/a", "0.10.0 0.10.0-rc.1 0.9.0")];
        assert_eq!(shown, expected.map(|(key, versions)| (key.to_owned(), versions.to_owned())));
        assert_eq!(modules::versions_of(&mut conn, &key("product/a")).await.unwrap(), listed[1].1);

        let found = modules::version(&mut conn, &key("plugin/b"), &"1.0.0".parse().unwrap()).await.unwrap();
        assert_eq!(modules::version_by_id(&mut conn, found.id).await.unwrap(), found);
    }
}

#[tokio::test]
async fn a_version_that_serves_cannot_be_deleted() {
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        let (version, by) = (version("product/a", "1.0.0"), Some(AdminId::new()));
        modules::insert_version(&mut conn, &version).await.unwrap();
        let module = modules::by_key(&mut conn, &version.key).await.unwrap();
        assert_eq!((module.status, module.active), (ModuleStatus::Inactive, None));

        modules::approve(&mut conn, version.id, by, Timestamp(7)).await.unwrap();
        modules::set_active(&mut conn, &version.key, Some(version.id), ModuleStatus::Active).await.unwrap();
        modules::set_quarantined(&mut conn, &version.key, Some("It trapped 20 times.")).await.unwrap();
        let module = modules::by_key(&mut conn, &version.key).await.unwrap();
        assert_eq!((module.status, module.active), (ModuleStatus::Active, Some(version.id)));
        assert_eq!(module.quarantined.as_deref(), Some("It trapped 20 times."));
        let approved = modules::version_by_id(&mut conn, version.id).await.unwrap();
        assert_eq!((approved.approved_at, approved.approved_by), (Some(Timestamp(7)), by));

        let refused = modules::delete_version(&mut conn, version.id).await;
        assert!(matches!(refused, Err(StorageError::ForeignKey)));
        modules::set_active(&mut conn, &version.key, None, ModuleStatus::Inactive).await.unwrap();
        modules::delete_version(&mut conn, version.id).await.unwrap();
        assert!(matches!(modules::delete_version(&mut conn, version.id).await, Err(StorageError::Missing)));
    }
}

#[tokio::test]
async fn deleting_a_module_takes_what_is_its_own_and_stops_at_products() {
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        let version = version("product/a", "1.0.0");
        modules::insert_version(&mut conn, &version).await.unwrap();
        let grant = [GrantId("tasks".to_owned())];
        grants::replace(&mut conn, version.id, &grant, None, Timestamp(1)).await.unwrap();
        products::insert(&mut conn, &product("p", "product/a")).await.unwrap();

        let refused = modules::delete_module(&mut conn, &version.key).await;
        assert!(matches!(refused, Err(StorageError::ForeignKey)), "{}", db.name());
        sqlx::query("DELETE FROM products").execute(&mut *conn).await.unwrap();
        modules::delete_module(&mut conn, &version.key).await.unwrap();
        assert!(grants::of(&mut conn, version.id).await.unwrap().is_empty());
        assert!(modules::list(&mut conn).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn grants_are_replaced_as_a_whole() {
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        let (version, by) = (version("product/a", "1.0.0"), Some(AdminId::new()));
        modules::insert_version(&mut conn, &version).await.unwrap();
        let ids = |ids: &[&str]| ids.iter().map(|id| GrantId((*id).to_owned())).collect::<Vec<_>>();

        let twice = ids(&["tasks", "http:https://a:443", "tasks"]);
        grants::replace(&mut conn, version.id, &twice, by, Timestamp(1)).await.unwrap();
        assert_eq!(grants::of(&mut conn, version.id).await.unwrap(), ids(&["http:https://a:443", "tasks"]));
        grants::replace(&mut conn, version.id, &ids(&["log"]), by, Timestamp(2)).await.unwrap();
        let receipts = grants::receipts_of(&mut conn, version.id).await.unwrap();
        assert_eq!((receipts.len(), receipts[0].by, receipts[0].at), (1, by, Timestamp(2)));
        grants::replace(&mut conn, version.id, &[], by, Timestamp(3)).await.unwrap();
        assert!(grants::of(&mut conn, version.id).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn settings_keep_their_json_and_sealed_bytes() {
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        modules::insert_version(&mut conn, &version("product/a", "1.0.0")).await.unwrap();
        let module = key("product/a");
        let rows = [
            Setting { key: "limits".to_owned(), value: json!({ "n": [1, 2.5, null, "ü"] }), sealed: None },
            Setting { key: "token".to_owned(), value: Value::Null, sealed: Some(vec![0, 255, 1]) },
        ];
        settings::replace_all(&mut conn, &module, &rows).await.unwrap();
        assert_eq!(settings::all(&mut conn, &module).await.unwrap(), rows);
        settings::replace_all(&mut conn, &module, &rows[..1]).await.unwrap();
        assert_eq!(settings::all(&mut conn, &module).await.unwrap(), rows[..1]);
        let nobody = settings::replace_all(&mut conn, &key("plugin/none"), &rows).await;
        assert!(matches!(nobody, Err(StorageError::ForeignKey)), "{}", db.name());
    }
}

#[tokio::test]
async fn a_generation_counts_committed_changes() {
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        assert_eq!(generations::current(&mut conn, generations::MODULES).await.unwrap(), 0);
        for _ in 0..2 {
            generations::bump(&mut conn, generations::MODULES).await.unwrap();
        }
        assert_eq!(generations::current(&mut conn, generations::MODULES).await.unwrap(), 2);
        assert_eq!(generations::current(&mut conn, "other").await.unwrap(), 0);
    }
}
