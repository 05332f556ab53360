;; Calls on and on without nesting, and then answers: tail calls are among what a module may use.
;; row: 7
;; outcome: ok
(func $deed (call $count (i32.const 1_000_000)))
(func $count (param $left i32)
  (if (local.get $left) (then (return_call $count (i32.sub (local.get $left) (i32.const 1))))))
