//! A guest that does what no guest should, one deed at a time, named by the product's field `deed`.

use std::hint::black_box;
use std::sync::atomic::{AtomicU32, Ordering};

use caisson_guest::http::Client;
use caisson_guest::{Module, NoFields, Problem, ProductModule, Result, Service, config, crypto, log, tasks};
use serde::{Deserialize, Serialize};

struct Hostile;

#[derive(Serialize, Deserialize)]
struct Order {
    deed: String,
}

/// Survives nothing: every call is a fresh instance.
static CALLS: AtomicU32 = AtomicU32::new(0);

impl Module for Hostile {
    type Settings = NoFields;
}

impl ProductModule for Hostile {
    type ProductData = Order;
    type ServiceData = NoFields;

    fn save_product_data(order: Order) -> Result<Order> {
        let calls = CALLS.fetch_add(1, Ordering::Relaxed);
        match order.deed.as_str() {
            "behave" => {}
            "remember" if calls > 0 => return Err(Problem::internal("It remembered the call before.")),
            "remember" => {}
            "loop" => spin(),
            "memory" => fill(),
            "recurse" => drop(black_box(recurse(1))),
            "panic" => panic!("on purpose"),
            "out of bounds" => drop(black_box(order.deed.as_bytes()[black_box(usize::MAX / 2)])),
            "host calls" => loop {
                let _ = black_box(config::has("nothing"));
            },
            "log" => loop {
                log::info("flood", &"x".repeat(10_000), &());
            },
            "tasks" => loop {
                tasks::add("nothing").queue()?;
            },
            "cryptography" => {
                let bytes = vec![0; 4 << 20];
                loop {
                    crypto::digest(crypto::Algorithm::Sha256, &bytes)?;
                }
            }
            "reach out" => drop(Client::from_setting("api_base")?.get("").send()?),
            "reach elsewhere" => drop(Client::new("http://127.0.0.1:1").get("").send()?),
            "rubbish" => return Ok(Order { deed: "\u{0}".repeat(100) }),
            other => return Err(Problem::invalid_field("deed", format!("There is no deed '{other}'."))),
        }
        Ok(order)
    }

    fn create_job(_service: &Service) -> Result<()> {
        Ok(())
    }

    fn terminate_job(_service: &Service) -> Result<()> {
        Ok(())
    }
}

fn spin() {
    let mut turns = 0_u64;
    while black_box(turns) < u64::MAX {
        turns += 1;
    }
}

fn fill() {
    let mut kept = Vec::new();
    loop {
        kept.push(vec![black_box(7_u8); 1 << 20]);
        black_box(&kept);
    }
}

fn recurse(depth: u64) -> u64 {
    let room = black_box([depth; 64]);
    recurse(depth + 1) + room[0]
}

caisson_guest::export!(product: Hostile);
