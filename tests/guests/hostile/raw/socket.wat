;; Opens a socket, and is told that it may not.
;; row: 22
;; outcome: ok
(import "wasi:sockets/tcp-create-socket@0.2.3" "create-tcp-socket" (func $socket (param i32 i32)))
(func $deed
  (call $socket (i32.const 0) (i32.const 2048))
  ;; An error.
  (if (i32.ne (i32.load8_u (i32.const 2048)) (i32.const 1)) (then (unreachable))))
