//! The targets over their seeds, and over mutations of these that are the same on every run.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::fs;
use std::path::Path;

use caisson_fuzz_targets::TARGETS;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

/// Rows of `tests/threats.toml`, by target.
const ROWS: [(&str, u8); 5] =
    [("archive", 18), ("component", 19), ("manifest", 18), ("query", 37), ("template", 32)];
/// For every target; with them the whole takes seconds.
const MUTATIONS: usize = 3_000;
/// What parsers of text and of archives stumble over.
const WORDS: [&[u8]; 12] = [
    b"\0",
    b"\xff\xff\xff\xff",
    b"\"",
    b"[[",
    b"{{",
    b"}}",
    b"{% for a in b %}",
    b"<script>",
    b"\n",
    b"..",
    b"=",
    b"9999999999999999999",
];

#[test]
fn every_target_holds_over_its_seeds_and_mutations_of_them() {
    for (name, target) in TARGETS {
        let (_, row) = ROWS.into_iter().find(|(known, _)| *known == name).unwrap();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds").join(name);
        let mut files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let seeds: Vec<Vec<u8>> = files.iter().map(|file| fs::read(file).unwrap()).collect();
        assert!(!seeds.is_empty(), "{name} has no seeds");
        let _case =
            caisson_threats::case(row, format!("mutations of a {name}")).times(seeds.len() + MUTATIONS);
        seeds.iter().for_each(|seed| attempt(name, target, seed));
        let mut random = StdRng::seed_from_u64(row.into());
        for _ in 0..MUTATIONS {
            attempt(name, target, &mutated(&seeds, &mut random));
        }
    }
}

/// Keeps the input that brought a target down where it can be looked at.
fn attempt(name: &str, target: fn(&[u8]), input: &[u8]) {
    if let Err(panic) = std::panic::catch_unwind(|| target(input)) {
        let file = std::env::temp_dir().join(format!("caisson-fuzz-{name}"));
        fs::write(&file, input).unwrap();
        eprintln!("the input is in {}", file.display());
        std::panic::resume_unwind(panic);
    }
}

fn mutated(seeds: &[Vec<u8>], random: &mut StdRng) -> Vec<u8> {
    let mut bytes = seeds[random.random_range(0..seeds.len())].clone();
    for _ in 0..random.random_range(1..8) {
        let at = random.random_range(0..=bytes.len());
        let end = at + random.random_range(0..=(bytes.len() - at).min(64));
        match random.random_range(0..6) {
            0 if at < bytes.len() => bytes[at] ^= 1 << random.random_range(0..8),
            1 if at < bytes.len() => bytes[at] = random.random(),
            2 => drop(bytes.drain(at..end)),
            3 => drop(bytes.splice(at..at, WORDS[random.random_range(0..WORDS.len())].iter().copied())),
            4 => {
                let copied = bytes[at..end].to_vec();
                bytes.splice(at..at, copied);
            }
            _ => {
                let other = &seeds[random.random_range(0..seeds.len())];
                let start = random.random_range(0..=other.len());
                bytes.truncate(at);
                bytes.extend_from_slice(&other[start..]);
            }
        }
    }
    bytes
}
