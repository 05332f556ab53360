//! Time, memory, stack, and what is left of the call before.

use std::hint::black_box;
use std::sync::atomic::{AtomicU32, Ordering};

use caisson_guest::{Problem, Result};

/// Survives nothing: every call is a fresh instance.
static CALLS: AtomicU32 = AtomicU32::new(0);
const CANARY: &[u8; 16] = b"canary in a cage";
const MIB: usize = 1 << 20;

pub(crate) fn exhaust(name: &str) -> Result<String> {
    match name {
        "loop" => spin(),
        "sort" => sort(),
        "copy" => copy(),
        "memory" => fill(),
        "recursion" => drop(black_box(recurse(1))),
        "mutual recursion" => drop(black_box(ping(1))),
        "panic" => panic!("on purpose"),
        "panic while panicking" => drop(black_box(Grenade)),
        "out of bounds" => drop(black_box(name.as_bytes()[black_box(usize::MAX / 2)])),
        "division" => drop(black_box(1_u32.checked_div(black_box(0)).unwrap())),
        "abort" => std::process::abort(),
        "remember" if CALLS.fetch_add(1, Ordering::Relaxed) > 0 => {
            return Err(Problem::internal("It remembered the call before."));
        }
        "remember" => {}
        "leave a canary" => leave(),
        "find a canary" => return find(),
        _ => return crate::unknown(name),
    }
    Ok("Nothing stopped it.".to_owned())
}

fn spin() {
    let mut turns = 0_u64;
    while black_box(turns) < u64::MAX {
        turns += 1;
    }
}

/// Quadratic on purpose.
fn sort() {
    let mut numbers: Vec<u32> = (0..1_000_000).rev().collect();
    for end in (1..numbers.len()).rev() {
        for at in 0..end {
            if numbers[at] > numbers[at + 1] {
                numbers.swap(at, at + 1);
            }
        }
    }
    black_box(numbers);
}

/// Copies that no epoch check interrupts, over and over.
fn copy() {
    let mut bytes = vec![1_u8; 40 * MIB];
    loop {
        bytes.copy_within(..20 * MIB, 20 * MIB);
        black_box(&bytes);
    }
}

fn fill() {
    let mut kept = Vec::new();
    loop {
        kept.push(vec![black_box(7_u8); MIB]);
        black_box(&kept);
    }
}

#[expect(unconditional_recursion, reason = "that is the deed")]
fn recurse(depth: u64) -> u64 {
    let room = black_box([depth; 64]);
    recurse(depth + 1) + room[0]
}

#[inline(never)]
fn ping(depth: u64) -> u64 {
    black_box(pong as fn(u64) -> u64)(depth + 1) + 1
}

#[inline(never)]
fn pong(depth: u64) -> u64 {
    black_box(ping as fn(u64) -> u64)(depth + 1) + 1
}

struct Grenade;

impl Drop for Grenade {
    fn drop(&mut self) {
        panic!("in a drop");
    }
}

/// Fills much of the memory with a word that the next call looks for.
fn leave() {
    black_box(CANARY.repeat(30 * MIB / CANARY.len()));
}

/// Reads all the memory it can get, also what it never wrote.
fn find() -> Result<String> {
    let mut kept: Vec<Vec<u8>> = Vec::new();
    for _ in 0..30 {
        let mut room: Vec<u8> = Vec::with_capacity(MIB);
        let spare = room.spare_capacity_mut();
        // Reading through a volatile read sees what stands there, whatever the compiler would make of memory never written.
        let first = (0..spare.len()).map(|at| unsafe { spare.as_ptr().add(at).cast::<u8>().read_volatile() });
        let bytes: Vec<u8> = first.collect();
        if bytes
            .windows(CANARY.len())
            .any(|window| window == &CANARY[..] && window.as_ptr() != CANARY.as_ptr())
        {
            return Err(Problem::internal("It found what the call before left."));
        }
        room.extend_from_slice(&bytes);
        kept.push(room);
    }
    black_box(kept);
    Ok("There is no canary.".to_owned())
}
