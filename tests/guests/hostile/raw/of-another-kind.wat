;; Hands a handle over for one of another kind.
;; row: 9
;; outcome: trapped
;; says: the module crashed: it broke the rules of a call to the host
(import "wasi:clocks/monotonic-clock@0.2.3" "subscribe-duration" (func $subscribe (param i64) (result i32)))
(import "wasi:io/streams@0.2.3" "[method]output-stream.check-write" (func $check (param i32 i32)))
(func $deed (call $check (call $subscribe (i64.const 1)) (i32.const 2048)))
