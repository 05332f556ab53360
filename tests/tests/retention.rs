//! What is old goes when a worker begins, on both databases; what somebody may still need stays.

use std::time::Duration;

use caisson_storage::page::PageQuery;
use caisson_storage::tasks::{self, NewTask, TaskFilter};
use caisson_storage::webhooks::{self, Claim};
use caisson_storage::{Db, throttle};
use caisson_tests::support::{each_database, until};
use caisson_types::{Timestamp, VersionId};

const DAY: Duration = Duration::from_secs(24 * 3600);
const SOON: Duration = Duration::from_secs(40);

#[tokio::test]
async fn what_is_old_goes() {
    each_database(async |mut panel, _admin| {
        let db = Db::connect(&panel.database_url(), 2).await.unwrap();
        let mut conn = db.conn().await.unwrap();
        let (now, lease) = (Timestamp::now(), Duration::from_secs(60));
        let ago = |days: u32| now.before(DAY * days);

        // Cancelled tasks of 29 and of 31 days ago, and one that failed a year ago.
        let mut ids = Vec::new();
        for (days, status) in [(29, "cancelled"), (31, "cancelled"), (365, "failed")] {
            let later = now.after(DAY);
            let module = "product/gone".parse().unwrap();
            let task = NewTask { run_at: later, ..NewTask::new(module, VersionId::new(), "work") };
            let id = tasks::enqueue(&mut conn, &task).await.unwrap();
            sqlx::query("UPDATE tasks SET status = $1, finished_at = $2 WHERE id = $3")
                .bind(status)
                .bind(ago(days).0)
                .bind(id.to_string())
                .execute(&mut *conn)
                .await
                .unwrap();
            ids.push(id);
        }
        let till = "payment/till".parse().unwrap();
        for (delivery, days) in [("old", 401), ("kept", 399)] {
            let claim = webhooks::claim(&mut conn, &till, delivery, ago(days), lease).await.unwrap();
            let Claim::Granted(claim) = claim else { panic!("{claim:?}") };
            assert!(webhooks::processed(&mut conn, &till, delivery, claim, ago(days)).await.unwrap());
        }
        throttle::record(&mut conn, "ada@example.com", ago(2)).await.unwrap();
        throttle::record(&mut conn, "ada@example.com", now).await.unwrap();

        panel.restart().await.unwrap();
        let left = until(SOON, "the old task to go", async || {
            let mut conn = db.conn().await.ok()?;
            let page = tasks::page(&mut conn, &TaskFilter::default(), &PageQuery::default()).await.ok()?;
            (page.total < 3).then_some(page)
        });
        let mut left: Vec<_> = left.await.unwrap().items.into_iter().map(|task| task.id).collect();
        left.sort();
        assert_eq!(left, [ids[0], ids[2]]);
        // Attempts go last, in the same round.
        let attempts = until(SOON, "the old attempt to go", async || {
            let mut conn = db.conn().await.ok()?;
            let left = throttle::count_since(&mut conn, "ada@example.com", Timestamp(0)).await.ok()?;
            (left < 2).then_some(left)
        });
        assert_eq!(attempts.await.unwrap(), 1);
        let again = webhooks::claim(&mut conn, &till, "kept", now, lease).await.unwrap();
        assert_eq!(again, Claim::Processed);
        let again = webhooks::claim(&mut conn, &till, "old", now, lease).await.unwrap();
        assert!(matches!(again, Claim::Granted(_)), "{again:?}");
    })
    .await
    .unwrap();
}
