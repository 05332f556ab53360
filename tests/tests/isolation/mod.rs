//! What one module leaves, no other finds: every interface of the contract, every ordered pair of modules, both databases.
//!
//! [`cases::case`] has an arm for each [`Interface`]: one that is added to the contract without a case does not compile.

mod actors;
mod cases;

use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::time::Duration;

use caisson_capabilities::Interface;
use caisson_tests::support::{Panel, Postgres, until};
use serde_json::json;

use actors::{Actor, Place, echo_server, records_of};
use cases::case;

const SOON: Duration = Duration::from_secs(20);

/// Names that a careless prefix or a replaced hyphen would mix up.
const NAMES: [&str; 3] = ["puppet", "puppet-notes", "puppet-two"];

async fn nobody_finds_what_another_left(database: Option<String>) {
    let attack = caisson_threats::case(36, "every interface, every pair of modules");
    let echo = echo_server().await;
    let mut places = Vec::new();
    let mut builder = Panel::builder().allow_private(echo);
    for _ in NAMES {
        let place = Place::open().await;
        // The operator opened all of them: only the grant tells whose each is.
        builder = builder.allow_private(SocketAddr::from(([127, 0, 0, 1], place.port)));
        places.push(place);
    }
    let panel = builder.database(database).start().await.unwrap();
    let admin = panel.admin().await.unwrap();
    let _attack = attack.times(Interface::ALL.len() * NAMES.len() * (NAMES.len() - 1));
    let mut actors = Vec::new();
    for (name, place) in NAMES.into_iter().zip(places) {
        actors.push(Actor::install(&admin, name, place, echo).await);
    }
    for interface in Interface::ALL {
        for owner in &actors {
            let case = case(*interface, owner);
            let planted = owner.puppet.play(json!(case.plant)).await.unwrap();
            for other in actors.iter().filter(|other| other.name != owner.name) {
                let what = format!("{} of {} reached by {}", interface.name(), owner.name, other.name);
                other.checks((case.reach)(owner, other, &planted), owner, &what).await;
                owner.checks((case.remains)(owner, &planted), owner, &what).await;
            }
        }
    }
    for owner in &actors {
        let visits = owner.place.visits.load(Ordering::SeqCst);
        assert_eq!(visits, NAMES.len() - 1, "only {} itself visits its server, once a pair", owner.name);
        let logged = until(SOON, "what was logged", async || {
            let found = records_of(&admin, owner).await;
            found.contains("planted").then_some(found)
        });
        logged.await.unwrap();
    }
    for other in &actors {
        let found = records_of(&admin, other).await;
        // Its own as little: the mark is a secret of its settings.
        for owner in &actors {
            assert!(
                !found.contains(&owner.mark),
                "{}'s mark stands in the records of {}",
                owner.name,
                other.name
            );
        }
    }
}

#[tokio::test]
async fn modules_do_not_find_each_others_traces() {
    nobody_finds_what_another_left(None).await;
}

#[tokio::test]
async fn modules_do_not_find_each_others_traces_on_postgresql() {
    let database = Postgres::shared().unwrap().create_database().unwrap();
    nobody_finds_what_another_left(Some(database)).await;
}
