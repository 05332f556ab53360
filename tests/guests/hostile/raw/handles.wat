;; Takes handles and gives none back (GHSA-852m-cvvp-9p4w).
;; row: 9
;; outcome: exhausted
;; says: the module used up its handles and was stopped
(import "wasi:clocks/monotonic-clock@0.2.3" "subscribe-duration" (func $subscribe (param i64) (result i32)))
(func $deed (loop $again (drop (call $subscribe (i64.const 1))) (br $again)))
