//! What the build script found below `views/`: the panel's pages, strings and assets, inside the binary.

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
