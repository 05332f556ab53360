#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| caisson_fuzz_targets::template(bytes));
