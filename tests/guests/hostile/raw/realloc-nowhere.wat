;; Gives the host room where there is no memory.
;; row: 8
;; realloc: own
;; outcome: trapped
;; says: the module crashed: it broke the rules of a call to the host
(import "caisson:module/crypto@0.1.0" "uuid" (func $uuid (param i32)))
(func $deed (call $uuid (i32.const 2048)))
(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const -16))
