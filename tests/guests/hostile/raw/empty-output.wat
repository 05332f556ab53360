;; Prints nothing, for ever (GHSA-5m8g-xhq4-4h93).
;; row: 10
;; manifest: [capabilities.budget]|task-cpu-ms = 300
;; outcome: exhausted
;; says: the module used up its processor time and was stopped
(import "wasi:cli/stdout@0.2.3" "get-stdout" (func $stdout (result i32)))
(import "wasi:io/streams@0.2.3" "[method]output-stream.write" (func $write (param i32 i32 i32 i32)))
(func $deed (local $out i32)
  (local.set $out (call $stdout))
  (loop $again (call $write (local.get $out) (i32.const 0) (i32.const 0) (i32.const 2048)) (br $again)))
