//! Attacks of guests on a panel, one after the other, while a neighbour is called all the time: each is contained and says how;
//! the neighbour never waits long; and in the end the panel is the process it was, as large as it was, without a panic.

mod advisories;
mod c;
mod compile;
mod deeds;
mod edges;
mod guest;
mod inside;
mod neighbour;
mod pages;
mod raw;

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use caisson_tests::support::{Panel, Puppet, until};
use futures::FutureExt as _;

use deeds::{DEEDS, Hostile};
use neighbour::Neighbour;

/// What the panel may have grown by, in bytes. Each module that is loaded keeps its code; each pooled slot that was used keeps
/// 2 MiB of linear memory and 64 KiB of stack and of tables (`sandbox::engine`), and no more than a few were used at once; the
/// allocator keeps some of what it got. What every attack had in memory together would pass this many times over.
const GROWTH_MAX: u64 = 128 << 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_attack_is_contained_and_the_neighbour_goes_on() {
    let mut panel = Panel::start().await.unwrap();
    let admin = panel.admin().await.unwrap();
    let process = panel.front().id();
    let neighbour = Neighbour::start(&admin).await;
    let victim = Puppet::install(&admin, "victim", &[]).await.unwrap();
    let mut hostile = Hostile::install(&admin).await;
    let before = resident(process);
    let mut failed = Vec::new();

    for deed in DEEDS {
        failed.extend(told(deed.0, hostile.attack(*deed)).await);
    }
    failed.extend(told("others", hostile.reach(&victim)).await);
    for guest in c::GUESTS {
        failed.extend(told(guest.0, c::attack(*guest, &admin)).await);
    }
    for guest in raw::guests() {
        let row = guest.note("row").unwrap_or_else(|| panic!("{} does not say its row", guest.name));
        let rows: Vec<u8> = row.split(' ').map(|row| row.parse().unwrap()).collect();
        let attack = async {
            let case = caisson_threats::case(rows[0], guest.name.as_str());
            let _case = rows[1..].iter().fold(case, |case, row| case.and(*row));
            raw::attack(&guest, &admin).await;
        };
        failed.extend(told(&guest.name, attack).await);
    }
    failed.extend(told("edges", async { assert!(edges::attack(&admin).await > 400) }).await);
    neighbour.stop().await;
    assert!(failed.is_empty(), "{} attacks got through:\n{}", failed.len(), failed.join("\n"));

    panel.front().check_running().unwrap();
    assert_eq!(panel.front().id(), process);
    assert!(!panel.logs().contains("panicked"), "{}", panel.logs());
    until(Duration::from_secs(60), "the panel's memory to be what it was", async || {
        (resident(process) < before + GROWTH_MAX).then_some(())
    })
    .await
    .unwrap_or_else(|error| panic!("{error}: {before} bytes before, {} after", resident(process)));
    eprintln!("the panel: {} MiB before, {} MiB after", before >> 20, resident(process) >> 20);
}

/// What an attack was not contained by, if it was not: all of them are tried before the test fails.
async fn told(name: &str, attack: impl Future<Output = ()>) -> Option<String> {
    let panic = AssertUnwindSafe(attack).catch_unwind().await.err()?;
    let text = panic.downcast_ref::<String>().cloned();
    Some(
        text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
            .unwrap_or(name.to_owned()),
    )
}

/// Bytes of a process in memory.
fn resident(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
}
