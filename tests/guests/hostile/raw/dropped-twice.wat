;; Gives a handle back twice.
;; row: 9
;; outcome: trapped
;; says: the module crashed: it broke the rules of a call to the host
(import "wasi:clocks/monotonic-clock@0.2.3" "subscribe-duration" (func $subscribe (param i64) (result i32)))
(import "wasi:io/poll@0.2.3" "[resource-drop]pollable" (func $drop (param i32)))
(func $deed (local $one i32)
  (local.set $one (call $subscribe (i64.const 1)))
  (call $drop (local.get $one))
  (call $drop (local.get $one)))
