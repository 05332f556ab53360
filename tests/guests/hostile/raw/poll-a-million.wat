;; Waits for the same one a hundred thousand times at once.
;; row: 3 8
;; pages: 16
;; manifest: [capabilities.budget]|task-wall-ms = 2000|task-cpu-ms = 1000
;; outcome: exhausted
;; says: the module used up its handles and was stopped
(import "wasi:clocks/monotonic-clock@0.2.3" "subscribe-duration" (func $subscribe (param i64) (result i32)))
(import "wasi:io/poll@0.2.3" "poll" (func $poll (param i32 i32 i32)))
(func $deed (local $at i32) (local $one i32)
  (local.set $one (call $subscribe (i64.const -1)))
  (local.set $at (i32.const 65536))
  (loop $next
    (i32.store (local.get $at) (local.get $one))
    (local.set $at (i32.add (local.get $at) (i32.const 4)))
    (br_if $next (i32.lt_u (local.get $at) (i32.const 465536))))
  (call $poll (i32.const 65536) (i32.const 100000) (i32.const 2048)))
