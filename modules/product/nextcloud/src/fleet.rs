//! Groups of servers, the servers in them, and the seats that accounts take.

use caisson_guest::db::{self, Aggregate, Filter as _};
use caisson_guest::{Problem, Result, config, json, time};
use serde::{Deserialize, Serialize};

/// Which server of a group the next account goes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Fill {
    /// The one with the smallest share of its seats taken.
    #[default]
    LeastLoaded,
    /// The first by name that is not full.
    FirstFit,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Group {
    pub(crate) uuid: String,
    pub(crate) name: String,
    pub(crate) fill: Fill,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Server {
    pub(crate) uuid: String,
    pub(crate) group_uuid: String,
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) login: String,
    /// The password, as only the host opens it.
    pub(crate) sealed: Option<Vec<u8>>,
    pub(crate) max_accounts: u64,
    /// Whether it takes new accounts.
    pub(crate) active: bool,
    /// Where signing in begins, if the server has an app for it.
    pub(crate) sso_path: Option<String>,
}

/// A server, and how many seats are taken.
#[derive(Clone, Debug)]
pub(crate) struct Load {
    pub(crate) server: Server,
    pub(crate) used: u64,
}

impl Load {
    fn has_room(&self) -> bool {
        self.server.active && self.used < self.server.max_accounts
    }

    /// Seats of both are multiplied out, so that no share is rounded.
    fn is_emptier_than(&self, other: &Self) -> bool {
        self.used * other.server.max_accounts < other.used * self.server.max_accounts
    }
}

/// The account of a service, and where it is.
#[derive(Clone, Debug)]
pub(crate) struct Home {
    pub(crate) server: Server,
    pub(crate) username: String,
    /// Whether the server has made it.
    pub(crate) is_made: bool,
    /// A password that was sent to the server, which did not say whether it took it; sealed.
    pub(crate) next_password: Option<Vec<u8>>,
}

pub(crate) fn create_tables() -> Result<()> {
    db::schema::create("groups", |table| {
        table.uuid("uuid");
        table.primary(["uuid"]);
        table.varchar("name", 100).unique();
        table.choice("fill", ["least-loaded", "first-fit"]);
        table.timestamp("taken_at").nullable();
        table.timestamps();
    })?;
    db::schema::create("servers", |table| {
        table.uuid("uuid");
        table.primary(["uuid"]);
        table.uuid("group_uuid").references("groups", "uuid");
        table.varchar("name", 100).unique();
        table.varchar("address", 300);
        table.varchar("login", 100);
        table.binary("sealed").nullable();
        table.integer("max_accounts");
        table.boolean("active");
        table.varchar("sso_path", 300).nullable();
        table.timestamps();
        table.index(["group_uuid"]);
    })?;
    db::schema::create("accounts", |table| {
        table.uuid("service_uuid").references("services", "id").cascade();
        table.primary(["service_uuid"]);
        table.uuid("server_uuid").references("servers", "uuid");
        table.varchar("username", 64);
        table.timestamp("made_at").nullable();
        table.binary("next_password").nullable();
        table.unique(["server_uuid", "username"]);
    })?;
    db::schema::create("measures", |table| {
        table.uuid("service_uuid").references("services", "id").cascade();
        table.timestamp("day");
        table.primary(["service_uuid", "day"]);
        table.big_integer("used");
        table.big_integer("quota").nullable();
        table.index(["day"]);
    })
}

/// Whether a text can be asked for as a key: others are none, rather than a failure of the database.
pub(crate) fn is_uuid(text: &str) -> bool {
    let hyphens = [8, 13, 18, 23];
    let fits = |(at, c): (usize, char)| if hyphens.contains(&at) { c == '-' } else { c.is_ascii_hexdigit() };
    text.len() == 36 && text.chars().enumerate().all(fits)
}

pub(crate) fn groups() -> Result<Vec<Group>> {
    db::table("groups").order_by("name").get()
}

pub(crate) fn group(uuid: &str) -> Result<Option<Group>> {
    if is_uuid(uuid) { db::table("groups").filter("uuid", uuid).first() } else { Ok(None) }
}

/// By what an administrator typed: its name, or its id.
pub(crate) fn group_called(text: &str) -> Result<Option<Group>> {
    match group(text)? {
        Some(group) => Ok(Some(group)),
        None => db::table("groups").filter("name", text).first(),
    }
}

pub(crate) fn server(uuid: &str) -> Result<Option<Server>> {
    if is_uuid(uuid) { db::table("servers").filter("uuid", uuid).first() } else { Ok(None) }
}

/// Servers by name, with the seats taken on them; of one group, or of all.
pub(crate) fn loads(group: Option<&str>) -> Result<Vec<Load>> {
    #[derive(Deserialize)]
    struct Count {
        server_uuid: String,
        taken: u64,
    }
    let mut asked = db::table("servers").order_by("name");
    if let Some(group) = group {
        asked = asked.filter("group_uuid", group);
    }
    let servers: Vec<Server> = asked.get()?;
    let counts: Vec<Count> = db::table("accounts")
        .columns(["server_uuid"])
        .aggregate(Aggregate::Count, "*", "taken")
        .group_by(["server_uuid"])
        .get()?;
    let taken =
        |uuid: &str| counts.iter().find(|count| count.server_uuid == uuid).map_or(0, |count| count.taken);
    Ok(servers.into_iter().map(|server| Load { used: taken(&server.uuid), server }).collect())
}

pub(crate) fn used(server: &str) -> Result<u64> {
    db::table("accounts").filter("server_uuid", server).count()
}

/// Takes a seat in the group; to be called in a transaction. Whoever takes one writes to the group's row first, so that two at once
/// come one after the other, and the second counts the first.
pub(crate) fn take_seat(group: &str, service: &str, username: &str) -> Result<Server> {
    let gone =
        || Problem::conflict("The product's group of servers is gone: choose another for the product.");
    let group = self::group(group)?.ok_or_else(gone)?;
    if db::table("groups").filter("uuid", &group.uuid).set("taken_at", time::now())? == 0 {
        return Err(gone());
    }
    let open: Vec<Load> = loads(Some(&group.uuid))?.into_iter().filter(Load::has_room).collect();
    let chosen = match group.fill {
        Fill::FirstFit => open.into_iter().next(),
        Fill::LeastLoaded => {
            open.into_iter().reduce(|best, one| if one.is_emptier_than(&best) { one } else { best })
        }
    };
    let Some(Load { server, .. }) = chosen else {
        let message = format!("No server of the group '{}' takes another account: add one.", group.name);
        return Err(Problem::conflict(message));
    };
    let account = json!({ "service_uuid": service, "server_uuid": server.uuid, "username": username });
    db::table("accounts").insert(&account)?;
    Ok(server)
}

/// Where the service's account is, or is going to be; none before its first order and after its end.
pub(crate) fn home(service: &str) -> Result<Option<Home>> {
    #[derive(Deserialize)]
    struct Account {
        server_uuid: String,
        username: String,
        made_at: Option<u64>,
        next_password: Option<Vec<u8>>,
    }
    let account = db::table("accounts").filter("service_uuid", service).first::<Account>()?;
    let Some(Account { server_uuid, username, made_at, next_password }) = account else { return Ok(None) };
    let server = server(&server_uuid)?.ok_or_else(|| Problem::conflict("The account's server is gone."))?;
    Ok(Some(Home { server, username, is_made: made_at.is_some(), next_password }))
}

pub(crate) fn note_next_password(service: &str, sealed: Option<Vec<u8>>) -> Result<()> {
    let sealed = sealed.map_or(db::Value::Null, db::bytes);
    db::table("accounts").filter("service_uuid", service).set("next_password", sealed).map(drop)
}

pub(crate) fn note_made(service: &str) -> Result<()> {
    db::table("accounts").filter("service_uuid", service).set("made_at", time::now()).map(drop)
}

/// Gives the seat back, and forgets what was measured.
pub(crate) fn give_back(service: &str) -> Result<()> {
    db::table("accounts").filter("service_uuid", service).delete()?;
    db::table("measures").filter("service_uuid", service).delete()?;
    Ok(())
}

/// Addresses that the settings let the module reach. What was typed before the module first served was not tidied then.
pub(crate) fn hosts() -> Result<Vec<String>> {
    Ok(tidy(config::get("settings.hosts")?.unwrap_or_default()))
}

/// Each address once, and without a slash at its end.
pub(crate) fn tidy(typed: Vec<String>) -> Vec<String> {
    let mut hosts: Vec<String> = Vec::new();
    for host in typed.iter().map(|host| host.trim().trim_end_matches('/')) {
        if !hosts.iter().any(|known| known == host) {
            hosts.push(host.to_owned());
        }
    }
    hosts
}
