//! What modules tell people: its measure, and what becomes of it in a channel.

use std::time::Duration;

use caisson_storage::notifications::{self, Delivery, Notification, Recipient};
use caisson_storage::testing::databases;
use caisson_storage::{Conn, modules};
use caisson_types::{AdminId, ModuleStatus, Timestamp};
use serde_json::json;
use uuid::Uuid;

use crate::support::{key, version};

#[tokio::test]
async fn an_hours_measure_is_taken_whole_or_not_at_all() {
    const HOUR: Duration = Duration::from_secs(3_600);
    for db in databases().await {
        let (module, mut conn) = (key("product/a"), db.conn().await.unwrap());
        let now = Timestamp(7_200_000);
        for (count, most, taken) in
            [(11, 10, false), (6, 10, true), (5, 10, false), (4, 10, true), (1, 10, false)]
        {
            let got = notifications::take_quota(&mut conn, &module, count, most, now).await.unwrap();
            assert_eq!(got, taken, "{count}");
        }
        assert!(notifications::take_quota(&mut conn, &key("product/b"), 10, 10, now).await.unwrap());
        assert!(notifications::take_quota(&mut conn, &module, 10, 10, now.after(HOUR)).await.unwrap());
    }
}

/// Something told to an administrator, on its way to the channel `notification/sms`.
async fn told(conn: &mut Conn) -> Uuid {
    let told = Notification {
        id: Uuid::now_v7(),
        module: key("plugin/watch"),
        event: "down".to_owned(),
        recipient: Recipient::Admin(AdminId::new()),
        address: "ada@example.com".to_owned(),
        phone: Some("+48123456789".parse().unwrap()),
        subject: "It is down".to_owned(),
        text: "It does not answer.".to_owned(),
        data: json!({}),
        created_at: Timestamp::now(),
    };
    notifications::publish(conn, &told).await.unwrap();
    assert_eq!(notifications::by_id(conn, told.id).await.unwrap(), told);
    told.id
}

fn becomes(status: &str, error: Option<&str>) -> Delivery {
    let error = error.map(str::to_owned);
    Delivery { module: key("notification/sms"), status: status.to_owned(), reference: None, error }
}

enum Said {
    /// The channel took it, having been asked now or in the past.
    Taken(Timestamp),
    Missed,
    Reported(&'static str),
}

#[tokio::test]
async fn a_provider_knows_better_than_the_call_and_reports_in_any_order() {
    let (past, now) = (Timestamp(1), || Timestamp::now().after(Duration::from_secs(60)));
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        let sms = version("notification/sms", "1.0.0");
        modules::insert_version(&mut conn, &sms).await.unwrap();
        modules::set_active(&mut conn, &sms.key, Some(sms.id), ModuleStatus::Active).await.unwrap();
        use Said::{Missed, Reported, Taken};
        for (said, status, error) in [
            (vec![Taken(past), Reported("accepted"), Reported("delivered")], "delivered", None),
            (vec![Taken(past), Reported("delivered"), Reported("accepted")], "delivered", None),
            (vec![Reported("delivered"), Reported("failed"), Taken(now())], "delivered", None),
            (vec![Reported("failed"), Taken(past)], "failed", Some("reported")),
            (vec![Reported("failed"), Reported("accepted"), Taken(past)], "failed", Some("reported")),
            (vec![Reported("failed"), Taken(now())], "accepted", None),
            (vec![Reported("accepted"), Missed], "accepted", None),
            (vec![Missed], "queued", Some("missed")),
            (vec![Missed, Reported("accepted")], "accepted", None),
        ] {
            let id = told(&mut conn).await;
            for one in said {
                match one {
                    Taken(began) => {
                        notifications::settle(&mut conn, id, &becomes("accepted", None), began)
                            .await
                            .unwrap();
                    }
                    Missed => {
                        notifications::missed(&mut conn, id, &becomes("queued", Some("missed")))
                            .await
                            .unwrap();
                    }
                    Reported(status) => {
                        let error = (status == "failed").then_some("reported");
                        assert!(notifications::report(&mut conn, id, &becomes(status, error)).await.unwrap());
                    }
                }
            }
            let found = notifications::delivery(&mut conn, id, &sms.key).await.unwrap();
            assert_eq!(found, becomes(status, error), "{}", db.name());
        }
        assert!(!notifications::report(&mut conn, Uuid::now_v7(), &becomes("failed", None)).await.unwrap());
    }
}
