;; Asks for randomness for ever, always into the same room.
;; row: 10
;; pages: 4
;; realloc: own
;; manifest: [capabilities.budget]|task-cpu-ms = 300
;; outcome: exhausted
;; says: the module used up its processor time and was stopped
(import "wasi:random/random@0.2.3" "get-random-bytes" (func $random (param i64 i32)))
(func $deed (loop $again (call $random (i64.const 65536) (i32.const 2048)) (br $again)))
(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 65536))
