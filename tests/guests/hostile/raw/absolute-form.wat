;; Sets a path that is a whole address, one with line breaks, and one of a megabyte, and is refused each.
;; row: 11
;; pages: 32
;; manifest: http = [{ host = "example.com" }]
;; outcome: ok
(import "wasi:http/types@0.2.3" "[constructor]fields" (func $fields (result i32)))
(import "wasi:http/types@0.2.3" "[constructor]outgoing-request" (func $request (param i32) (result i32)))
(import "wasi:http/types@0.2.3" "[method]outgoing-request.set-path-with-query" (func $set_path (param i32 i32 i32 i32) (result i32)))
(data (i32.const 512) "http://127.0.0.1/ HTTP/1.1\r\nhost: localhost\r\n\r\n")
(func $deed (local $request i32)
  (local.set $request (call $request (call $fields)))
  (if (i32.eqz (call $set_path (local.get $request) (i32.const 1) (i32.const 512) (i32.const 26))) (then (unreachable)))
  (if (i32.eqz (call $set_path (local.get $request) (i32.const 1) (i32.const 512) (i32.const 47))) (then (unreachable)))
  (memory.fill (i32.const 65536) (i32.const 0x61) (i32.const 1048576))
  (i32.store8 (i32.const 65536) (i32.const 0x2f))
  (if (i32.eqz (call $set_path (local.get $request) (i32.const 1) (i32.const 65536) (i32.const 1048576))) (then (unreachable))))
