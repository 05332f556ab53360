;; Asks for more and more room while it is asked for room.
;; row: 7 12
;; realloc: own
;; outcome: trapped
;; says: the module crashed: its calls nested too deeply
(import "caisson:module/crypto@0.1.0" "uuid" (func $uuid (param i32)))
(func $deed (call $uuid (i32.const 2048)))
(func $realloc (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
  (i32.add (i32.const 1) (call $realloc (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 1))))
