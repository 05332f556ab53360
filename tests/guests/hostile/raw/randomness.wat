;; Asks for a terabyte of randomness (GHSA-852m-cvvp-9p4w).
;; row: 10
;; outcome: trapped
;; says: the module crashed: it broke the rules of a call to the host
(import "wasi:random/random@0.2.3" "get-random-bytes" (func $random (param i64 i32)))
(func $deed (call $random (i64.const 0x10000000000) (i32.const 2048)))
