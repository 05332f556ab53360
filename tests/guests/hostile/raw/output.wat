;; Prints for ever.
;; row: 10
;; manifest: [capabilities.budget]|task-cpu-ms = 300
;; outcome: exhausted
;; says: the module used up its processor time and was stopped
(import "wasi:cli/stdout@0.2.3" "get-stdout" (func $stdout (result i32)))
(import "wasi:io/streams@0.2.3" "[method]output-stream.blocking-write-and-flush" (func $write (param i32 i32 i32 i32)))
(func $deed (local $out i32)
  (local.set $out (call $stdout))
  (loop $again (call $write (local.get $out) (i32.const 8192) (i32.const 4096) (i32.const 2048)) (br $again)))
