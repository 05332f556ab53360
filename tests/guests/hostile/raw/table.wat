;; Grows a table for as long as it gets more.
;; row: 6
;; outcome: exhausted
;; says: the module used up its table space and was stopped
(table $t 1 funcref)
(func $deed
  (loop $again (br_if $again (i32.ne (table.grow $t (ref.null func) (i32.const 10_000)) (i32.const -1))))
  (unreachable))
