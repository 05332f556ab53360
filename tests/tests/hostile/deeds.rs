//! What a guest in Rust does that no guest should, and what comes of it.

use caisson_tests::support::{Admin, Install, Puppet, Reply, modules, repository};
use serde_json::json;

pub(super) const KEY: &str = "product/hostile";

/// A deed, its row of `tests/threats.toml`, the status it is answered with, and words of the answer.
pub(super) type Deed = (&'static str, u8, u16, &'static str);

pub(super) const DEEDS: &[Deed] = &[
    ("exhaust loop", 1, 502, "used up its processor time"),
    ("exhaust sort", 1, 502, "used up its processor time"),
    ("exhaust copy", 4, 502, "used up its processor time"),
    ("exhaust memory", 5, 502, "used up its memory"),
    ("exhaust recursion", 7, 502, "it reached outside its memory"),
    ("exhaust mutual recursion", 7, 502, "the module crashed"),
    ("exhaust panic", 12, 502, "it gave up"),
    ("exhaust panic while panicking", 12, 502, "it gave up"),
    ("exhaust out of bounds", 12, 502, "it gave up"),
    ("exhaust division", 12, 502, "it gave up"),
    ("exhaust abort", 12, 502, "it gave up"),
    ("exhaust remember", 15, 200, "Nothing stopped it"),
    ("exhaust leave a canary", 15, 200, "Nothing stopped it"),
    ("exhaust find a canary", 15, 200, "There is no canary"),
    ("spam config", 2, 502, "used up its"),
    ("spam config values", 2, 502, "used up its"),
    ("spam log", 2, 502, "used up its"),
    ("spam i18n", 2, 502, "used up its"),
    ("spam uuid", 2, 502, "used up its"),
    ("spam random", 10, 502, "used up its"),
    ("spam passwords", 2, 502, "used up its"),
    ("spam comparisons", 2, 502, "used up its"),
    ("spam cache", 2, 502, "used up its"),
    ("spam database", 2, 502, "used up its"),
    ("spam transactions", 2, 502, "used up its"),
    ("spam events", 2, 502, "used up its"),
    ("spam services", 2, 502, "used up its"),
    ("spam service lists", 2, 502, "used up its"),
    ("spam task cancels", 2, 502, "used up its"),
    ("spam progress", 2, 502, "used up its"),
    ("spam validation", 2, 502, "used up its"),
    ("spam http", 2, 502, "used up its"),
    ("spam tasks", 37, 503, "too many tasks"),
    ("spam cryptography", 2, 503, "budget of encryption"),
    ("spam encryption", 2, 502, "used up its"),
    ("spam cached megabytes", 37, 422, "Quota"),
    ("spam standard output", 10, 502, "used up its"),
    ("spam a giant text", 8, 502, "used up its data for one host call"),
    ("spam a giant list", 8, 502, "used up its data for one host call"),
    ("spam giant randomness", 10, 422, "Invalid"),
    ("spam a giant password", 10, 422, "Invalid"),
    ("spam a cache key of lines", 37, 422, "Invalid"),
    ("spam a cache time without end", 37, 422, "Invalid"),
    ("spam a thousand tags", 37, 422, "Invalid"),
    ("spam an expression that explodes", 37, 422, "Rejected"),
    ("spam an expression that backtracks", 37, 422, "Rejected"),
    ("spam an expression of megabytes", 37, 422, "Invalid"),
    ("spam a rule without end", 37, 422, "Invalid"),
    ("spam a field without end", 37, 422, "Invalid"),
    ("spam a task of odd options", 37, 422, "Invalid"),
    ("spam a task of a million tags", 37, 422, "Invalid"),
    ("spam a task of endless tries", 37, 422, "Invalid"),
    ("spam a task of endless patience", 37, 422, "Invalid"),
    ("spam a schedule of every name", 37, 422, "schedules"),
    ("spam an event of megabytes", 37, 422, "Invalid"),
    ("nested log", 8, 200, "It was taken"),
    ("nested cache", 8, 422, "Invalid"),
    ("nested cached number", 8, 422, "Invalid"),
    ("nested event", 8, 422, "Invalid"),
    ("nested deep event", 8, 422, "Invalid"),
    ("nested task", 8, 422, "Invalid"),
    ("nested i18n", 8, 200, "deep"),
    ("nested validation", 8, 422, "Invalid"),
    ("nested validated field", 8, 422, "Invalid"),
    ("nested service", 8, 422, "Invalid"),
    // Kept as the text it is.
    ("nested column", 8, 200, "Inserted"),
    ("nested column's number", 8, 200, "Inserted"),
    ("nested decimal", 8, 422, "Invalid"),
    ("nested real", 8, 422, "Invalid"),
    ("network line break in a header", 29, 422, "Invalid"),
    ("network line break in a header's name", 29, 422, "Invalid"),
    ("network host header", 29, 422, "Invalid"),
    ("network framing header", 29, 422, "Invalid"),
    ("network length header", 29, 422, "Invalid"),
    ("network hop-by-hop header", 29, 422, "Invalid"),
    ("network cookie header", 29, 422, "Invalid"),
    ("network header flood", 11, 422, "Invalid"),
    ("network giant header", 11, 422, "Invalid"),
    ("network long URL", 11, 422, "Invalid"),
    ("network line break in a URL", 11, 422, "Invalid"),
    ("network user in a URL", 27, 422, "Invalid"),
    ("network address in a URL's user", 27, 422, "Invalid"),
    ("network file", 27, 422, "Invalid"),
    ("network no URL", 11, 422, "Invalid"),
    ("network metadata", 27, 422, "Denied"),
    ("network loopback in octal", 27, 422, "Denied"),
    ("network no time", 11, 422, "Error"),
    ("network somebody's secret", 36, 422, "Invalid"),
    ("network probe", 27, 422, "Error"),
    ("network probe elsewhere", 27, 422, "Denied"),
    ("network probe without time", 11, 422, "Error"),
    ("network mail of two headers", 29, 422, ""),
    ("network mail to a line", 29, 422, ""),
    ("network mail to everybody", 37, 422, ""),
    ("network mail elsewhere", 27, 422, ""),
    ("tables trick in the table", 37, 422, "Denied"),
    ("tables trick in a column", 37, 422, "Missing"),
    ("tables trick in an aggregate", 37, 422, "Missing"),
    ("tables trick in an alias", 37, 422, "Invalid"),
    ("tables trick in a condition", 37, 422, "Missing"),
    ("tables trick in a joined table", 37, 422, "Denied"),
    ("tables trick in a join's left", 37, 422, "Missing"),
    ("tables trick in a join's right", 37, 422, "Missing"),
    ("tables trick in a group", 37, 422, "Missing"),
    ("tables trick in an order", 37, 422, "Missing"),
    ("tables trick in an insert's table", 37, 422, "Denied"),
    ("tables trick in an insert's column", 37, 422, "Missing"),
    ("tables trick in a conflict", 37, 422, ""),
    ("tables trick in a conflict's update", 37, 422, ""),
    ("tables trick in an update", 37, 422, "Missing"),
    ("tables trick in a delete", 37, 422, "Denied"),
    ("tables trick in a new table", 37, 422, "Denied"),
    ("tables trick in a new column", 37, 422, ""),
    ("tables trick in an index", 37, 422, "Missing"),
    ("tables trick in a renamed column", 37, 422, "Invalid"),
    ("tables trick in an added column", 37, 422, "Invalid"),
    ("tables trick in a dropped column", 37, 422, "Missing"),
    ("tables trick in a choice", 37, 422, "Invalid"),
    ("tables trick in a default", 37, 200, ""),
    ("tables like that backtracks", 37, 200, "rows: []"),
    ("tables join of everything", 37, 422, "Timeout"),
    ("tables a million operands", 37, 422, "Invalid"),
    ("tables a million predicates", 37, 422, "Invalid"),
    ("tables a table of a thousand columns", 37, 422, ""),
    ("tables a table of another name", 36, 422, "Denied"),
    ("tables begin twice", 16, 422, "Invalid"),
    ("tables commit nothing", 16, 422, "Invalid"),
    ("tables trap in a transaction", 16, 502, "it gave up"),
    ("tables leave a transaction", 16, 200, ""),
    ("tables loop in a transaction", 16, 502, "used up its"),
    ("tables count what was half done", 16, 200, "0"),
    ("tables text of NUL", 37, 422, ""),
    ("tables no date", 37, 422, ""),
    ("tables endless offset", 37, 422, ""),
    ("answer too much", 8, 502, "used up its data"),
    ("answer megabytes", 8, 200, ""),
    ("answer rubbish", 8, 200, ""),
    ("answer a problem of megabytes", 8, 422, ""),
    ("answer a problem in control characters", 8, 422, ""),
    ("answer a problem of no code", 8, 502, "no code"),
    ("answer a problem of a success", 8, 502, "went well"),
    ("answer a problem of an endless code", 8, 502, "high code"),
    ("answer a problem of a million errors", 8, 502, "used up its data"),
    ("answer a problem of a thousand errors", 8, 422, ""),
    ("no such deed", 12, 422, "There is no deed"),
];

/// Calls that the sandbox ends before the circuit breaker would hold the module back.
const ENDED_MAX: u32 = 15;

/// The hostile guest on a panel.
pub(super) struct Hostile<'a> {
    admin: &'a Admin,
    ended: u32,
}

impl<'a> Hostile<'a> {
    pub(super) async fn install(admin: &'a Admin) -> Self {
        let built = modules::build_from(&repository().join("tests/guests/hostile"), KEY).unwrap().file;
        let package = std::fs::read(built).unwrap();
        Install { key: KEY, package, without: &[], settings: None }.on(&admin.api).await.unwrap();
        Self { admin, ended: 0 }
    }

    pub(super) async fn attempt(&mut self, deed: &str, target: &str) -> Reply {
        let form = json!({ "deed": deed, "target": target });
        let reply = self.admin.api.post(&path("/test-connection"), &form).await.unwrap();
        self.ended += u32::from(reply.status == 502);
        if self.ended == ENDED_MAX {
            self.ended = 0;
            self.admin.api.post(&path("/release"), &json!({})).await.unwrap().expect(204).unwrap();
        }
        reply
    }

    pub(super) async fn attack(&mut self, (deed, row, status, words): Deed) {
        let _case = caisson_threats::case(row, deed);
        let reply = self.attempt(deed, "").await;
        let body: String = reply.body.to_string().chars().take(600).collect();
        // On a machine with much else to do the processor's time may be up before the host says no, which is as good.
        let ended = reply.status == 502 && body.contains("used up its processor time");
        assert!(ended || reply.status == status, "{deed}: {} {body}", reply.status);
        assert!(ended || reply.body.to_string().contains(words), "{deed}: {body}");
        assert!(!body.contains("made a mistake"), "{deed}: {body}");
        let length = reply.body.to_string().len();
        assert!(length <= 128 << 10, "{deed}: an answer of {length} bytes");
    }

    /// Reaches for what is somebody else's, by its true name.
    pub(super) async fn reach(&mut self, victim: &Puppet) {
        let task = json!({ "op": "tasks.add", "do": [] });
        let task = victim.one(task).await.unwrap().as_str().unwrap().to_owned();
        let table = format!("m_{}__notes", victim.key.replace(['/', '-'], "_"));
        let sealed = self.attempt("others seal", "").await;
        assert_eq!(sealed.status, 200, "{}", sealed.body);
        for (deed, target, words) in [
            ("others task", task.as_str(), "Missing"),
            ("others service", "01a1fc93-2b24-7758-97df-36120d605173", "Missing"),
            ("others service's status", "01a1fc93-2b24-7758-97df-36120d605173", "Missing"),
            ("others service's data", "01a1fc93-2b24-7758-97df-36120d605173", "Missing"),
            ("others service", "' OR 1=1 --", "Missing"),
            ("others cached value", "a", "None"),
            ("others setting", "settings.script", "None"),
            ("others setting", "../../caisson.toml", "None"),
            ("others secret", "master_key", "Missing"),
            ("others sealed text", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20", "Corrupt"),
            ("others table", &table, "Denied"),
            ("others table", "clients", "Denied"),
            ("others table", "sqlite_master", "Denied"),
            ("others table", "main.clients", "Denied"),
            ("others table", "pg_catalog.pg_authid", "Denied"),
            ("others event", "product/neighbour.sung", ""),
            ("others event", "client.created", ""),
        ] {
            let _case = caisson_threats::case(36, format!("{deed}: {target}"));
            let reply = self.attempt(deed, target).await;
            let body = reply.body.to_string();
            assert!([200, 422].contains(&reply.status), "{deed} {target}: {} {body}", reply.status);
            assert!(body.contains(words), "{deed} {target}: {body}");
            assert!(words.is_empty() || reply.status == 422 || words == "None", "{deed} {target}: {body}");
        }
    }
}

fn path(resource: &str) -> String {
    format!("/modules/{KEY}{resource}")
}
