;; Has the host print a terabyte of zeros.
;; row: 10
;; outcome: trapped
;; says: the module crashed: it broke the rules of a call to the host
(import "wasi:cli/stdout@0.2.3" "get-stdout" (func $stdout (result i32)))
(import "wasi:io/streams@0.2.3" "[method]output-stream.write-zeroes" (func $write (param i32 i64 i32)))
(func $deed (call $write (call $stdout) (i64.const 0x10000000000) (i32.const 2048)))
