;; Answers what is neither a success nor a problem.
;; row: 8
;; outcome: trapped
;; says: the module crashed: it broke the rules of a call to the host
(func $deed (i32.store8 (i32.const 1024) (i32.const 7)))
