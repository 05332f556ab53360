//! Values that modules keep for a while.

use std::time::Duration;

use caisson_storage::cache::{self, CacheError, NewEntry, Quota};
use caisson_storage::testing::{TestDb, databases};
use caisson_storage::{StorageError, modules};
use caisson_types::{ModuleKey, Timestamp};
use sqlx::Row as _;

use crate::support::{key, version};

const QUOTA: Quota = Quota { entries: 5, bytes: 100 };
const NOW: Timestamp = Timestamp(1_000_000);
const MINUTE: Duration = Duration::from_secs(60);

/// One module on one database.
struct Cache<'a> {
    db: &'a TestDb,
    module: ModuleKey,
    quota: Quota,
}

impl<'a> Cache<'a> {
    async fn of(db: &'a TestDb, module: &str) -> Self {
        let mut conn = db.conn().await.unwrap();
        modules::insert_version(&mut conn, &version(module, "1.0.0")).await.unwrap();
        Self { db, module: key(module), quota: QUOTA }
    }

    async fn get(&self, key: &str, now: Timestamp) -> Option<String> {
        cache::get(&mut self.db.conn().await.unwrap(), &self.module, key, now).await.unwrap()
    }

    async fn set(&self, key: &str, value: &str, tags: &[&str], now: Timestamp) -> Result<(), CacheError> {
        let tags: Vec<String> = tags.iter().map(|tag| (*tag).to_owned()).collect();
        let entry = NewEntry { key, value, ttl: MINUTE, tags: &tags };
        let mut tx = self.db.begin().await.unwrap();
        let result = cache::set(&mut tx, &self.module, entry, now, self.quota).await;
        tx.commit().await.unwrap();
        result
    }

    async fn add(&self, key: &str, value: &str, now: Timestamp) -> Result<bool, CacheError> {
        let entry = NewEntry { key, value, ttl: MINUTE, tags: &[] };
        let mut tx = self.db.begin().await.unwrap();
        let result = cache::add(&mut tx, &self.module, entry, now, self.quota).await;
        tx.commit().await.unwrap();
        result
    }

    async fn increment(&self, key: &str, by: i64, now: Timestamp) -> Result<i64, CacheError> {
        let mut tx = self.db.begin().await.unwrap();
        let result = cache::increment(&mut tx, &self.module, (key, by, MINUTE), now, self.quota).await;
        tx.commit().await.unwrap();
        result
    }

    async fn forget(&self, key: &str) {
        let mut tx = self.db.begin().await.unwrap();
        cache::forget(&mut tx, &self.module, key, NOW).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn flush(&self, tag: &str) -> u64 {
        let mut tx = self.db.begin().await.unwrap();
        let removed = cache::flush(&mut tx, &self.module, tag, NOW).await.unwrap();
        tx.commit().await.unwrap();
        removed
    }

    /// What the counts say, which must be what there is.
    async fn usage(&self) -> (i64, i64) {
        let mut conn = self.db.conn().await.unwrap();
        let mut one = async |sql: &'static str| {
            let row = sqlx::query(sql).bind(self.module.to_string()).fetch_one(&mut *conn).await.unwrap();
            (row.get::<i64, _>("entries"), row.get::<i64, _>("bytes"))
        };
        let counted = one("SELECT entries, bytes FROM cache_usage WHERE module = $1").await;
        let there = one(
            "SELECT COUNT(*) AS entries, CAST(COALESCE(SUM(bytes), 0) AS BIGINT) AS bytes FROM cache_entries \
             WHERE module = $1",
        )
        .await;
        assert_eq!(counted, there, "{}", self.db.name());
        counted
    }
}

fn later(ms: i64) -> Timestamp {
    Timestamp(NOW.0 + ms)
}

#[tokio::test]
async fn a_value_is_there_until_it_expires_or_is_forgotten() {
    for db in databases().await {
        let cache = Cache::of(&db, "product/demo").await;
        assert_eq!(cache.get("a", NOW).await, None);
        cache.set("a", "{\"x\":1}", &[], NOW).await.unwrap();
        assert_eq!(cache.get("a", later(59_999)).await.as_deref(), Some("{\"x\":1}"));
        assert_eq!(cache.get("a", later(60_000)).await, None);
        cache.set("a", "2", &[], later(30_000)).await.unwrap();
        assert_eq!(cache.get("a", later(60_000)).await.as_deref(), Some("2"));
        assert_eq!(cache.usage().await, (1, 1));
        cache.forget("a").await;
        cache.forget("a").await;
        assert_eq!(cache.get("a", NOW).await, None);
        assert_eq!(cache.usage().await, (0, 0));
    }
}

#[tokio::test]
async fn add_keeps_what_is_there_and_replaces_what_expired() {
    for db in databases().await {
        let cache = Cache::of(&db, "product/demo").await;
        assert!(cache.add("a", "1", NOW).await.unwrap());
        assert!(!cache.add("a", "22", NOW).await.unwrap());
        assert_eq!(cache.get("a", NOW).await.as_deref(), Some("1"));
        assert!(cache.add("a", "333", later(60_000)).await.unwrap());
        assert_eq!(cache.get("a", later(60_000)).await.as_deref(), Some("333"));
        assert_eq!(cache.usage().await, (1, 3));
    }
}

#[tokio::test]
async fn a_counter_keeps_its_time() {
    for db in databases().await {
        let cache = Cache::of(&db, "product/demo").await;
        assert_eq!(cache.increment("n", 5, NOW).await.unwrap(), 5);
        assert_eq!(cache.increment("n", -7, later(59_000)).await.unwrap(), -2);
        assert_eq!(cache.get("n", later(60_000)).await, None);
        assert_eq!(cache.increment("n", 1, later(60_000)).await.unwrap(), 1);

        cache.set("text", "\"7\"", &[], NOW).await.unwrap();
        cache.set("max", &i64::MAX.to_string(), &[], NOW).await.unwrap();
        for key in ["text", "max"] {
            let error = cache.increment(key, 1, NOW).await.unwrap_err();
            assert!(matches!(error, CacheError::NotInteger), "{key}: {error:?}");
        }
        assert_eq!(cache.get("text", NOW).await.as_deref(), Some("\"7\""));
    }
}

#[tokio::test]
async fn a_tag_takes_its_entries_along() {
    for db in databases().await {
        let cache = Cache::of(&db, "product/demo").await;
        cache.set("a", "1", &["zones", "eu", "zones"], NOW).await.unwrap();
        cache.set("b", "22", &["zones"], NOW).await.unwrap();
        cache.set("c", "333", &["eu"], NOW).await.unwrap();
        // The tags of the last time count, and a counter keeps its own.
        cache.set("b", "22", &["us"], NOW).await.unwrap();
        cache.increment("a", 1, NOW).await.unwrap();
        assert_eq!(cache.flush("nothing").await, 0);
        assert_eq!(cache.flush("zones").await, 1);
        assert_eq!(cache.get("a", NOW).await, None);
        assert_eq!(cache.usage().await, (2, 5));
        assert_eq!(cache.flush("us").await, 1);
        assert_eq!(cache.get("c", NOW).await.as_deref(), Some("333"));
    }
}

#[tokio::test]
async fn a_full_cache_takes_nothing_new_until_something_expires() {
    let _case = caisson_threats::case(37, "a full cache takes nothing new until something expires");
    for db in databases().await {
        let cache = Cache::of(&db, "product/demo").await;
        for key in ["a", "b", "c", "d", "e"] {
            cache.set(key, "12345", &[], NOW).await.unwrap();
        }
        let full = cache.set("f", "1", &[], NOW).await.unwrap_err();
        assert_eq!(full.to_string(), "the module's cache is full: it holds at most 5 entries and 100 bytes");
        assert!(matches!(cache.add("f", "1", NOW).await, Err(CacheError::Full(_))));
        assert!(matches!(cache.increment("f", 1, NOW).await, Err(CacheError::Full(_))));
        // What is there may change, within the bytes.
        cache.set("a", &"x".repeat(80), &[], NOW).await.unwrap();
        assert!(matches!(cache.set("a", &"x".repeat(81), &[], NOW).await, Err(CacheError::Full(_))));
        assert_eq!(cache.usage().await, (5, 100));
        cache.set("f", &"x".repeat(100), &[], later(60_000)).await.unwrap();
        assert_eq!(cache.usage().await, (1, 100));
    }
}

#[tokio::test]
async fn writing_sweeps_what_expired_some_at_a_time() {
    for db in databases().await {
        let mut cache = Cache::of(&db, "product/demo").await;
        cache.quota = Quota { entries: 250, bytes: 10_000 };
        for n in 0..250 {
            cache.set(&format!("old {n}"), "1", &["t"], NOW).await.unwrap();
        }
        cache.set("new 1", "1", &[], later(60_000)).await.unwrap();
        assert_eq!(cache.usage().await.0, 151, "{}", db.name());
        cache.set("new 2", "1", &[], later(60_000)).await.unwrap();
        cache.set("new 3", "1", &[], later(60_000)).await.unwrap();
        assert_eq!(cache.usage().await.0, 3, "{}", db.name());
    }
}

#[tokio::test]
async fn a_module_sees_its_own_values_and_they_go_with_it() {
    let _case = caisson_threats::case(36, "a module sees its own values and they go with it");
    for db in databases().await {
        let one = Cache::of(&db, "product/one").await;
        let two = Cache::of(&db, "payment/one").await;
        one.set("a", "1", &["t"], NOW).await.unwrap();
        assert_eq!(two.get("a", NOW).await, None);
        assert!(two.add("a", "2", NOW).await.unwrap());
        assert_eq!(two.flush("t").await, 0);
        two.forget("a").await;
        assert_eq!(one.get("a", NOW).await.as_deref(), Some("1"));

        sqlx::query("DELETE FROM modules WHERE key = 'product/one'")
            .execute(&mut *db.conn().await.unwrap())
            .await
            .unwrap();
        assert_eq!(one.get("a", NOW).await, None);
        let gone = one.set("a", "1", &[], NOW).await.unwrap_err();
        assert!(matches!(gone, CacheError::Storage(StorageError::ForeignKey)), "{gone:?}");
    }
}

#[tokio::test]
async fn at_once_one_adds_and_every_increment_counts() {
    for db in databases().await {
        let cache = Cache::of(&db, "product/demo").await;
        let added = futures::future::join_all((0..8).map(|_| cache.add("lock", "1", NOW))).await;
        let winners = added.into_iter().filter(|added| *added.as_ref().unwrap()).count();
        assert_eq!(winners, 1, "{}", db.name());

        let sums = futures::future::join_all((0..8).map(|_| cache.increment("n", 1, NOW))).await;
        let mut sums: Vec<i64> = sums.into_iter().map(Result::unwrap).collect();
        sums.sort_unstable();
        assert_eq!(sums, [1, 2, 3, 4, 5, 6, 7, 8], "{}", db.name());
        assert_eq!(cache.usage().await, (2, 2));
    }
}
