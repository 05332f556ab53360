;; Ends the process, as far as it can tell.
;; row: 12
;; outcome: trapped
;; says: the module crashed: it ended itself
(import "wasi:cli/exit@0.2.3" "exit" (func $exit (param i32)))
(func $deed (call $exit (i32.const 1)))
