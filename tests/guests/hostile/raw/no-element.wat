;; Calls what is in no table.
;; row: 12
;; outcome: trapped
;; says: the module crashed: wasm trap: undefined element: out of bounds table access
(type $any (func))
(table 1 funcref)
(func $deed (call_indirect (type $any) (i32.const -1)))
