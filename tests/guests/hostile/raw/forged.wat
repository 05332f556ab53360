;; Makes up a handle.
;; row: 9
;; outcome: trapped
;; says: the module crashed: it broke the rules of a call to the host
(import "wasi:io/poll@0.2.3" "[method]pollable.block" (func $block (param i32)))
(func $deed (call $block (i32.const 0xdeadbeef)))
