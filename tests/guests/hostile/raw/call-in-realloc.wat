;; Calls the host while the host waits for room.
;; row: 12
;; realloc: own
;; outcome: trapped
;; says: the module crashed: it called the host where it may not
(import "caisson:module/crypto@0.1.0" "uuid" (func $uuid (param i32)))
(func $deed (call $uuid (i32.const 2048)))
(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (call $uuid (i32.const 2048)) (i32.const 8192))
