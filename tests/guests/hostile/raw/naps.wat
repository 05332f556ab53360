;; Sleeps for a nanosecond at a time, for ever.
;; row: 3 2
;; manifest: [capabilities.budget]|task-wall-ms = 500
;; outcome: exhausted
;; says: the module used up its time and was stopped
(import "wasi:clocks/monotonic-clock@0.2.3" "subscribe-duration" (func $subscribe (param i64) (result i32)))
(import "wasi:io/poll@0.2.3" "[method]pollable.block" (func $block (param i32)))
(import "wasi:io/poll@0.2.3" "[resource-drop]pollable" (func $drop (param i32)))
(func $deed (local $one i32)
  (loop $again
    (local.set $one (call $subscribe (i64.const 1)))
    (call $block (local.get $one))
    (call $drop (local.get $one))
    (br $again)))
