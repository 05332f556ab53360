;; Says two lengths of one body (GHSA-r8xh-cgf7-392j), and is told that the second is none.
;; row: 29
;; manifest: http = [{ host = "example.com" }]
;; outcome: ok
(import "wasi:http/types@0.2.3" "[constructor]fields" (func $fields (result i32)))
(import "wasi:http/types@0.2.3" "[method]fields.append" (func $append (param i32 i32 i32 i32 i32 i32)))
(data (i32.const 512) "content-length")
(data (i32.const 600) "12")
(func $deed (local $fields i32)
  (local.set $fields (call $fields))
  (call $append (local.get $fields) (i32.const 512) (i32.const 14) (i32.const 600) (i32.const 1) (i32.const 2048))
  (call $append (local.get $fields) (i32.const 512) (i32.const 14) (i32.const 601) (i32.const 1) (i32.const 2064))
  (if (i32.load8_u (i32.const 2048)) (then (unreachable)))
  (if (i32.ne (i32.load8_u (i32.const 2064)) (i32.const 1)) (then (unreachable))))
