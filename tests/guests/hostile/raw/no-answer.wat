;; Answers a problem whose list of fields is nowhere.
;; row: 8
;; outcome: trapped
;; says: the module crashed: it broke the rules of a call to the host
(func $deed
  (i32.store8 (i32.const 1024) (i32.const 1))
  (i32.store (i32.const 1040) (i32.const -8))
  (i32.store (i32.const 1044) (i32.const 1000)))
