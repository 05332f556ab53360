//! Advisories of the engine that a guest could have provoked: each names the guest that tries, and what is off is off.

use caisson_package::component::features;
use wasmparser::WasmFeatures;

use super::guest::Guest;

/// An advisory, and the guest of `tests/guests/hostile/raw` that tries it; all of them are entered by the test of the attacks.
const ADVISORIES: [(&str, &str); 8] = [
    ("GHSA-852m-cvvp-9p4w", "handles"),
    ("GHSA-852m-cvvp-9p4w", "randomness"),
    ("GHSA-243v-98vx-264h", "fields-flood"),
    ("GHSA-5m8g-xhq4-4h93", "empty-output"),
    ("GHSA-p8xm-42r7-89xg", "table-of-64-bits"),
    ("GHSA-r8xh-cgf7-392j", "two-lengths"),
    ("GHSA-w4qr-p94g-mjhv", "zero-timeout"),
    ("GHSA-5hhx-4wrr-3j9g", "start"),
];

#[test]
fn every_advisory_has_a_guest_that_tries_it() {
    for (advisory, guest) in ADVISORIES {
        let guest = Guest::named(guest);
        assert!(
            guest.text.lines().next().unwrap().contains(advisory),
            "{} does not name {advisory}",
            guest.name
        );
    }
}

/// Most advisories are of proposals that few guests need: without them a guest that uses them is not even compiled.
#[test]
fn proposals_with_a_history_are_off() {
    let on = features();
    for off in [
        WasmFeatures::GC,
        WasmFeatures::GC_TYPES,
        WasmFeatures::THREADS,
        WasmFeatures::SHARED_EVERYTHING_THREADS,
        WasmFeatures::MEMORY64,
        WasmFeatures::MULTI_MEMORY,
        WasmFeatures::EXCEPTIONS,
        WasmFeatures::LEGACY_EXCEPTIONS,
        WasmFeatures::FUNCTION_REFERENCES,
        WasmFeatures::STACK_SWITCHING,
        WasmFeatures::CUSTOM_PAGE_SIZES,
        WasmFeatures::CM_ASYNC,
        WasmFeatures::CM_THREADING,
        WasmFeatures::CM_GC,
    ] {
        let _case = caisson_threats::case(19, format!("a proposal that is off: {off:?}"));
        assert!(!on.intersects(off), "{off:?} is on");
    }
}
