;; Sleeps longer than it may live.
;; row: 3
;; manifest: budget = { task-wall-ms = 200 }
;; outcome: exhausted
;; says: the module used up its time and was stopped
(import "wasi:clocks/monotonic-clock@0.2.3" "subscribe-duration" (func $subscribe (param i64) (result i32)))
(import "wasi:io/poll@0.2.3" "[method]pollable.block" (func $block (param i32)))
(func $deed (call $block (call $subscribe (i64.const 60_000_000_000))))
