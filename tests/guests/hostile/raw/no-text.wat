;; Hands the host bytes that are no text.
;; row: 8
;; outcome: trapped
;; says: the module crashed: it broke the rules of a call to the host
(import "caisson:module/log@0.1.0" "emit" (func $emit (param i32 i32 i32 i32 i32 i32 i32)))
(data (i32.const 4096) "\ff\fe")
(func $deed
  (call $emit (i32.const 0) (i32.const 4096) (i32.const 2) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))
