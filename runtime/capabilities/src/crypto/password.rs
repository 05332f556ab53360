//! Passwords that people can type.

use rand::seq::{IndexedRandom, SliceRandom};

/// Without characters that look alike: l, I, O, 0, 1.
const LOWER: &[u8] = b"abcdefghijkmnopqrstuvwxyz";
const UPPER: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";
const DIGITS: &[u8] = b"23456789";
/// Safe in URLs, shells and most providers' rules.
const SIGNS: &[u8] = b"-_.!*+=";

/// At least one of each kind, in random order.
pub(super) fn generate(length: usize) -> String {
    let mut rng = rand::rng();
    let kinds = [LOWER, UPPER, DIGITS, SIGNS];
    let all: Vec<u8> = kinds.concat();
    let mut password: Vec<u8> = kinds.iter().filter_map(|kind| kind.choose(&mut rng).copied()).collect();
    password.extend((password.len()..length).filter_map(|_| all.choose(&mut rng).copied()));
    password.shuffle(&mut rng);
    password.into_iter().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_have_every_kind_of_character() {
        for length in [8, 9, 64, 128] {
            let password = generate(length);
            assert_eq!(password.len(), length);
            for kind in [LOWER, UPPER, DIGITS, SIGNS] {
                assert!(password.bytes().any(|b| kind.contains(&b)), "{password}");
            }
        }
        assert_ne!(generate(20), generate(20));
    }
}
