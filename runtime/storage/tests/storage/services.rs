//! Products, services, timelines.

use std::time::Duration;

use caisson_storage::services::ServiceFilter;
use caisson_storage::testing::databases;
use caisson_storage::{
    Db, Dialect, PageQuery, StorageError, clients, modules, products, service_events, services, tasks,
};
use caisson_types::{BillingStatus, ProductId, ProvisionStatus, ServiceId, Timestamp};
use serde_json::json;

use crate::support::{LEASE, client, key, product, service, service_with_all, task, version};

#[tokio::test]
async fn a_product_reads_back_as_written() {
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        let mut zone = product("zone", "product/a");
        let orphan = products::insert(&mut conn, &zone).await;
        assert!(matches!(orphan, Err(StorageError::ForeignKey)), "{}", db.name());
        modules::insert_version(&mut conn, &version("product/a", "1.0.0")).await.unwrap();
        products::insert(&mut conn, &zone).await.unwrap();
        assert_eq!(products::by_id(&mut conn, zone.id).await.unwrap(), zone);
        assert_eq!(zone.price().to_string(), "12.50 EUR");

        let taken = products::insert(&mut conn, &product("zone", "product/a")).await;
        assert!(matches!(taken, Err(StorageError::Unique(_))));
        zone.hidden = false;
        zone.stock = Some(3);
        zone.slug = "dns-zone".parse().unwrap();
        products::update(&mut conn, &zone).await.unwrap();
        assert_eq!(products::by_slug(&mut conn, &zone.slug).await.unwrap(), zone);
        assert_eq!(products::of_module(&mut conn, &zone.module).await.unwrap(), [zone.clone()]);
        assert_eq!(products::list(&mut conn).await.unwrap(), [zone]);
    }
}

#[tokio::test]
async fn a_service_changes_step_by_step() {
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        let mut expected = service_with_all(&mut conn).await;
        let id = expected.id;
        assert_eq!(services::by_id(&mut conn, id).await.unwrap(), expected);

        let message = Some("The provider is down.");
        services::set_provision_status(&mut conn, id, ProvisionStatus::Failed, message).await.unwrap();
        services::set_billing_status(&mut conn, id, BillingStatus::Suspended).await.unwrap();
        services::set_data(&mut conn, id, &json!({ "a": 1 }), None).await.unwrap();
        let nowhere = services::set_product(&mut conn, id, ProductId::new()).await;
        assert!(matches!(nowhere, Err(StorageError::ForeignKey)), "{}", db.name());

        let changed = services::by_id(&mut conn, id).await.unwrap();
        assert!(changed.updated_at > expected.updated_at);
        expected.provision_status = ProvisionStatus::Failed;
        expected.status_message = message.map(str::to_owned);
        expected.billing_status = BillingStatus::Suspended;
        (expected.data, expected.sealed) = (json!({ "a": 1 }), None);
        expected.updated_at = changed.updated_at;
        assert_eq!(changed, expected);

        let context = services::context_by_id(&mut conn, id).await.unwrap();
        assert_eq!(context.service, expected);
        assert_eq!(context.client, clients::by_id(&mut conn, expected.client_id).await.unwrap());
        assert_eq!(context.product, products::by_id(&mut conn, expected.product_id).await.unwrap());
        assert!(matches!(
            services::context_by_id(&mut conn, ServiceId::new()).await,
            Err(StorageError::Missing)
        ));
    }
}

#[tokio::test]
async fn services_are_filtered_searched_paged_and_counted() {
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        let first = service_with_all(&mut conn).await;
        let other = client("o@example.org", "Olga");
        clients::insert(&mut conn, &other).await.unwrap();
        let mut ids = vec![first.id];
        for _ in 0..3 {
            let service = service(other.id, first.product_id, "product/powerdns");
            services::insert(&mut conn, &service).await.unwrap();
            ids.push(service.id);
        }
        services::set_provision_status(&mut conn, ids[3], ProvisionStatus::Completed, None).await.unwrap();

        let all = PageQuery::default();
        let of_other = ServiceFilter { client: Some(other.id), ..ServiceFilter::default() };
        let page = services::page(&mut conn, &of_other, &PageQuery::first(2)).await.unwrap();
        let newest_first: Vec<_> = page.items.iter().map(|service| service.id).collect();
        assert_eq!((newest_first, page.total), (vec![ids[3], ids[2]], 3));

        let completed = ServiceFilter {
            module: Some(key("product/powerdns")),
            product: Some(first.product_id),
            provision_status: Some(ProvisionStatus::Completed),
            ..ServiceFilter::default()
        };
        assert_eq!(services::page(&mut conn, &completed, &all).await.unwrap().total, 1);
        let search = PageQuery { search: Some("olga".to_owned()), ..PageQuery::default() };
        let found = services::page_contexts(&mut conn, &ServiceFilter::default(), &search).await.unwrap();
        assert_eq!((found.total, found.items[0].client.name.as_str()), (3, "Olga"));
        let search = PageQuery { search: Some(first.id.to_string()), ..PageQuery::default() };
        assert_eq!(services::page(&mut conn, &ServiceFilter::default(), &search).await.unwrap().total, 1);

        assert_eq!(
            services::counts_by_provision_status(&mut conn).await.unwrap(),
            [(ProvisionStatus::Completed, 1), (ProvisionStatus::Pending, 3)]
        );
        assert_eq!(services::count_of_module(&mut conn, &key("product/powerdns")).await.unwrap(), 4);

        let mut walked = Vec::new();
        let mut after = None;
        loop {
            let module = key("product/powerdns");
            let step = services::contexts_of_module(&mut conn, &module, None, after, 3).await.unwrap();
            let Some(last) = step.last() else { break };
            after = Some(last.service.id);
            walked.extend(step.iter().map(|context| context.service.id));
        }
        assert_eq!(walked, ids);
    }
}

#[tokio::test]
async fn a_row_that_is_read_for_update_makes_others_wait() {
    for db in databases().await {
        let service = service_with_all(&mut db.conn().await.unwrap()).await;
        let mut tx = db.begin().await.unwrap();
        services::by_id_for_update(&mut tx, service.id).await.unwrap();

        let other = Db::clone(&db);
        let waiting = tokio::spawn(async move {
            let mut tx = other.begin().await.unwrap();
            let seen = services::by_id_for_update(&mut tx, service.id).await.unwrap();
            tx.commit().await.unwrap();
            seen.provision_status
        });
        if db.dialect() == Dialect::Postgres {
            let mut probe = db.conn().await.unwrap();
            let sql = "SELECT COUNT(*) AS waiting FROM pg_locks WHERE NOT granted";
            crate::support::eventually("the other transaction to wait", async || {
                let row = sqlx::query(sql).fetch_one(&mut *probe).await.unwrap();
                sqlx::Row::get::<i64, _>(&row, "waiting") > 0
            })
            .await;
        }
        services::set_provision_status(&mut tx, service.id, ProvisionStatus::Completed, None).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(waiting.await.unwrap(), ProvisionStatus::Completed, "{}", db.name());
    }
}

#[tokio::test]
async fn a_service_that_waits_for_no_task_is_found() {
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        let service = service_with_all(&mut conn).await;
        services::set_provision_status(&mut conn, service.id, ProvisionStatus::Processing, None)
            .await
            .unwrap();
        let mut task = task("product/powerdns");
        task.service_id = Some(service.id);
        tasks::enqueue(&mut conn, &task).await.unwrap();
        assert!(services::processing_without_task(&mut conn).await.unwrap().is_empty());

        for _ in 0..tasks::MAX_LOST {
            let now = Timestamp::now();
            assert_eq!(tasks::claim(&mut conn, "w", &[], 1, LEASE, now).await.unwrap().len(), 1);
            tasks::reap(&mut conn, now.after(LEASE + Duration::from_millis(1))).await.unwrap();
        }
        let found = services::processing_without_task(&mut conn).await.unwrap();
        assert_eq!(found.len(), 1, "{}", db.name());
        assert_eq!(found[0].0.id, service.id);
        assert!(found[0].1.contains("workers disappeared"), "{}", found[0].1);
    }
}

#[tokio::test]
async fn a_timeline_shows_the_newest_first() {
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        let service = service_with_all(&mut conn).await;
        for text in ["one", "two", "three"] {
            service_events::append(&mut conn, service.id, "note", text, "ada").await.unwrap();
        }
        let shown = service_events::of(&mut conn, service.id, 2).await.unwrap();
        let texts: Vec<_> = shown.iter().map(|entry| entry.text.as_str()).collect();
        assert_eq!(texts, ["three", "two"], "{}", db.name());
        let nowhere = service_events::append(&mut conn, ServiceId::new(), "note", "x", "ada").await;
        assert!(matches!(nowhere, Err(StorageError::ForeignKey)));
    }
}
