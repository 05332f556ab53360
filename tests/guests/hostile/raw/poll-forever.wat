;; Waits for the first of two that never come.
;; row: 3
;; manifest: [capabilities.budget]|task-wall-ms = 200
;; outcome: exhausted
;; says: the module used up its time and was stopped
(import "wasi:clocks/monotonic-clock@0.2.3" "subscribe-duration" (func $subscribe (param i64) (result i32)))
(import "wasi:io/poll@0.2.3" "poll" (func $poll (param i32 i32 i32)))
(func $deed
  (i32.store (i32.const 4096) (call $subscribe (i64.const -1)))
  (i32.store (i32.const 4100) (call $subscribe (i64.const 0x7fffffffffffffff)))
  (call $poll (i32.const 4096) (i32.const 2) (i32.const 2048)))
