;; Adds header fields for ever (GHSA-243v-98vx-264h).
;; row: 11
;; manifest: http = [{ host = "example.com" }]
;; outcome: trapped
;; says: the module crashed: it broke the rules of a call to the host
(import "wasi:http/types@0.2.3" "[constructor]fields" (func $fields (result i32)))
(import "wasi:http/types@0.2.3" "[method]fields.append" (func $append (param i32 i32 i32 i32 i32 i32)))
(data (i32.const 512) "x-flood")
(func $deed (local $fields i32)
  (local.set $fields (call $fields))
  (loop $again
    (call $append (local.get $fields) (i32.const 512) (i32.const 7) (i32.const 4096) (i32.const 0) (i32.const 2048))
    (br $again)))
