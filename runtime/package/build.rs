//! The contract and the kits are part of the program: a file that came or went makes it anew.

fn main() {
    for folder in ["wit", "guest-sdk"] {
        println!("cargo:rerun-if-changed=../../{folder}");
    }
}
