;; Loops by calls that each return: four thousand million of them.
;; row: 1
;; manifest: [capabilities.budget]|task-cpu-ms = 50
;; outcome: exhausted
;; says: the module used up its processor time and was stopped
(func $deed (call $many (i32.const 32)))
(func $many (param $left i32)
  (if (local.get $left) (then
    (call $many (i32.sub (local.get $left) (i32.const 1)))
    (call $many (i32.sub (local.get $left) (i32.const 1))))))
