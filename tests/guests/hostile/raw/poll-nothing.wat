;; Waits for none of nothing.
;; row: 3
;; outcome: trapped
;; says: the module crashed: it broke the rules of a call to the host
(import "wasi:io/poll@0.2.3" "poll" (func $poll (param i32 i32 i32)))
(func $deed (call $poll (i32.const 0) (i32.const 0) (i32.const 2048)))
