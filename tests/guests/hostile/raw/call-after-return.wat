;; Calls the host while it tidies up after its answer.
;; row: 12
;; outcome: trapped
;; says: the module crashed: it called the host where it may not
(import "caisson:module/crypto@0.1.0" "uuid" (func $uuid (param i32)))
(func $deed)
(func (export "cabi_post_caisson:module/lifecycle@0.1.0#activate") (param i32) (call $uuid (i32.const 2048)))
