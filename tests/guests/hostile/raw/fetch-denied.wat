;; Sends a request as `fetch` does, to a host that nobody granted, and waits for what comes of it.
;; row: 22
;; manifest: http = [{ host = "api.example.com" }]
;; outcome: problem
;; says: HTTP-request-denied
;; denied: wasi:http.handle http https://api.example.com any
(import "wasi:http/types@0.2.3" "[constructor]fields" (func $fields (result i32)))
(import "wasi:http/types@0.2.3" "[constructor]outgoing-request" (func $request (param i32) (result i32)))
(import "wasi:http/types@0.2.3" "[method]outgoing-request.set-authority"
  (func $set_authority (param i32 i32 i32 i32) (result i32)))
(import "wasi:http/types@0.2.3" "[method]future-incoming-response.subscribe" (func $subscribe (param i32) (result i32)))
(import "wasi:http/types@0.2.3" "[method]future-incoming-response.get" (func $get (param i32 i32)))
(import "wasi:http/outgoing-handler@0.2.3" "handle" (func $handle (param i32 i32 i32 i32)))
(import "wasi:io/poll@0.2.3" "[method]pollable.block" (func $block (param i32)))
(data (i32.const 512) "api.example.comHTTP-request-denied")
(func $deed (local $request i32) (local $future i32)
  (local.set $request (call $request (call $fields)))
  (if (call $set_authority (local.get $request) (i32.const 1) (i32.const 512) (i32.const 15)) (then (unreachable)))
  (call $handle (local.get $request) (i32.const 0) (i32.const 0) (i32.const 2048))
  ;; It began.
  (if (i32.load8_u (i32.const 2048)) (then (unreachable)))
  (local.set $future (i32.load (i32.const 2056)))
  (call $block (call $subscribe (local.get $future)))
  (call $get (local.get $future) (i32.const 2304))
  ;; It is there, for the first time, an error, and that one.
  (if (i32.ne (i32.load8_u (i32.const 2304)) (i32.const 1)) (then (unreachable)))
  (if (i32.load8_u (i32.const 2312)) (then (unreachable)))
  (if (i32.ne (i32.load8_u (i32.const 2320)) (i32.const 1)) (then (unreachable)))
  (if (i32.ne (i32.load8_u (i32.const 2328)) (i32.const 15)) (then (unreachable)))
  (i32.store8 (i32.const 1024) (i32.const 1))
  (i32.store16 (i32.const 1028) (i32.const 422))
  (i32.store (i32.const 1032) (i32.const 527))
  (i32.store (i32.const 1036) (i32.const 19)))
