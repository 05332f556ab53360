;; Never comes back from giving the host room for an answer.
;; row: 1 12
;; manifest: [capabilities.budget]|task-cpu-ms = 50
;; realloc: own
;; outcome: exhausted
;; says: the module used up its processor time and was stopped
(import "caisson:module/crypto@0.1.0" "uuid" (func $uuid (param i32)))
(func $deed (call $uuid (i32.const 2048)))
(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (loop $again (br $again)) (unreachable))
