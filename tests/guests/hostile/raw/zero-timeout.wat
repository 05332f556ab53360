;; Sends a request that may take no time at all (GHSA-w4qr-p94g-mjhv).
;; row: 11
;; manifest: http = [{ host = "api.example.com" }]
;; granted: all
;; outcome: ok
(import "wasi:http/types@0.2.3" "[constructor]fields" (func $fields (result i32)))
(import "wasi:http/types@0.2.3" "[constructor]outgoing-request" (func $request (param i32) (result i32)))
(import "wasi:http/types@0.2.3" "[constructor]request-options" (func $options (result i32)))
(import "wasi:http/types@0.2.3" "[method]request-options.set-connect-timeout" (func $connect (param i32 i32 i64) (result i32)))
(import "wasi:http/types@0.2.3" "[method]request-options.set-first-byte-timeout" (func $first (param i32 i32 i64) (result i32)))
(import "wasi:http/types@0.2.3" "[method]request-options.set-between-bytes-timeout" (func $between (param i32 i32 i64) (result i32)))
(import "wasi:http/types@0.2.3" "[method]outgoing-request.set-authority"
  (func $set_authority (param i32 i32 i32 i32) (result i32)))
(import "wasi:http/types@0.2.3" "[method]future-incoming-response.subscribe" (func $subscribe (param i32) (result i32)))
(import "wasi:http/types@0.2.3" "[method]future-incoming-response.get" (func $get (param i32 i32)))
(import "wasi:http/outgoing-handler@0.2.3" "handle" (func $handle (param i32 i32 i32 i32)))
(import "wasi:io/poll@0.2.3" "[method]pollable.block" (func $block (param i32)))
(data (i32.const 512) "api.example.com")
(func $deed (local $request i32) (local $options i32) (local $future i32)
  (local.set $request (call $request (call $fields)))
  (local.set $options (call $options))
  (drop (call $connect (local.get $options) (i32.const 1) (i64.const 0)))
  (drop (call $first (local.get $options) (i32.const 1) (i64.const 0)))
  (drop (call $between (local.get $options) (i32.const 1) (i64.const 0)))
  (if (call $set_authority (local.get $request) (i32.const 1) (i32.const 512) (i32.const 15)) (then (unreachable)))
  (call $handle (local.get $request) (i32.const 1) (local.get $options) (i32.const 2048))
  (if (i32.load8_u (i32.const 2048)) (then (return)))
  (local.set $future (i32.load (i32.const 2056)))
  (call $block (call $subscribe (local.get $future)))
  (call $get (local.get $future) (i32.const 2304))
  ;; It is there, for the first time, and an error.
  (if (i32.ne (i32.load8_u (i32.const 2320)) (i32.const 1)) (then (unreachable))))
