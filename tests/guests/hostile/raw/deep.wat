;; Calls itself until there is no stack left.
;; row: 7
;; outcome: trapped
;; says: the module crashed: its calls nested too deeply
(func $deed (drop (call $deeper (i32.const 1))))
(func $deeper (param i32) (result i32) (i32.add (local.get 0) (call $deeper (i32.add (local.get 0) (i32.const 1)))))
