;; Divides by nothing.
;; row: 12
;; outcome: trapped
;; says: the module crashed: wasm trap: integer divide by zero
(func $deed (drop (i32.div_u (i32.const 1) (i32.const 0))))
