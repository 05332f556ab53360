;; Calls a function by a type that it is not of.
;; row: 12
;; outcome: trapped
;; says: the module crashed: wasm trap: indirect call type mismatch
(type $other (func (param i64) (result i64)))
(table funcref (elem $deed))
(func $deed (drop (call_indirect (type $other) (i64.const 1) (i32.const 0))))
