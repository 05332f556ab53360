//! Totals of calls by the hour, and how grants were used.

use caisson_storage::testing::databases;
use caisson_storage::usage::{self, DENIALS_MAX, Denial, Times, Totals};
use caisson_types::manifest::GrantId;
use caisson_types::{CallId, Timestamp};

use crate::support::key;

const HOUR: i64 = 3_600_000;

fn totals(calls: u64, us: u64) -> Totals {
    let mut times = Times::default();
    times.0[Times::bucket(us)] = calls;
    Totals {
        calls,
        failed: 1,
        wall_us: calls * us,
        cpu_us: 1 << 40,
        host_calls: 3,
        denied: 2,
        bytes_out: 5,
        bytes_in: 6,
        times,
    }
}

#[tokio::test]
async fn totals_add_up_by_the_hour() {
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        let (a, b) = ("product/a", "plugin/b");
        usage::add(&mut conn, a, Timestamp(5 * HOUR + 7), &totals(10, 1_000)).await.unwrap();
        usage::add(&mut conn, a, Timestamp(6 * HOUR - 1), &totals(5, 1_000_000)).await.unwrap();
        usage::add(&mut conn, a, Timestamp(6 * HOUR), &totals(1, 20)).await.unwrap();
        usage::add(&mut conn, b, Timestamp(5 * HOUR), &totals(4, 1_000)).await.unwrap();

        let hours = usage::by_hour(&mut conn, Some(&key(a)), Timestamp(5 * HOUR + 1)).await.unwrap();
        let mut sum = totals(10, 1_000);
        sum.add(&totals(5, 1_000_000));
        assert_eq!(hours.len(), 2, "{}", db.name());
        assert_eq!((hours[0].at, &hours[0].totals), (Timestamp(5 * HOUR), &sum), "{}", db.name());
        assert_eq!((hours[1].at, hours[1].totals.calls), (Timestamp(6 * HOUR), 1));
        let all = usage::by_hour(&mut conn, None, Timestamp(0)).await.unwrap();
        assert_eq!(all[0].totals.calls, 19);
        assert_eq!(all[0].totals.times.0.iter().sum::<u64>(), 19);

        assert_eq!(usage::purge(&mut conn, Timestamp(6 * HOUR + 5)).await.unwrap(), 2);
        let left = usage::by_hour(&mut conn, None, Timestamp(0)).await.unwrap();
        assert_eq!((left.len(), left[0].totals.clone()), (1, totals(1, 20)));
    }
}

#[tokio::test]
async fn uses_and_denials_of_grants_are_counted_and_bounded() {
    for db in databases().await {
        let mut conn = db.conn().await.unwrap();
        let (module, tasks) = ("product/a", GrantId("tasks".to_owned()));
        usage::used(&mut conn, module, &tasks, 2, Timestamp(9)).await.unwrap();
        usage::used(&mut conn, module, &tasks, 3, Timestamp(4)).await.unwrap();
        let uses = usage::uses_of(&mut conn, &key(module)).await.unwrap();
        assert_eq!(uses, [usage::Use { grant: tasks, uses: 5, last_at: Timestamp(9) }], "{}", db.name());

        let denial =
            |line: String, at| Denial { line, denials: 2, last_at: Timestamp(at), last_call: CallId::new() };
        for number in 0..DENIALS_MAX + 5 {
            usage::denied(&mut conn, module, &denial(format!("publish {number}"), 1)).await.unwrap();
        }
        let again = denial("publish 7".to_owned(), 8);
        usage::denied(&mut conn, module, &again).await.unwrap();
        let denials = usage::denials_of(&mut conn, &key(module)).await.unwrap();
        assert_eq!(denials.len() as u64, DENIALS_MAX, "{}", db.name());
        assert_eq!(denials[0], Denial { denials: 4, ..again });
        assert!(usage::denials_of(&mut conn, &key("product/b")).await.unwrap().is_empty());
        usage::forget(&mut conn, &key(module)).await.unwrap();
        assert!(usage::denials_of(&mut conn, &key(module)).await.unwrap().is_empty());
        assert!(usage::uses_of(&mut conn, &key(module)).await.unwrap().is_empty());
    }
}
