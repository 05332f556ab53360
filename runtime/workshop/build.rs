//! The templates are part of the program: a file that came or went makes it anew.

fn main() {
    println!("cargo:rerun-if-changed=templates");
}
