;; Answers a problem whose message is longer than its memory.
;; row: 8
;; outcome: trapped
;; says: the module crashed: it broke the rules of a call to the host
(func $deed
  (i32.store8 (i32.const 1024) (i32.const 1))
  (i32.store (i32.const 1032) (i32.const 4096))
  (i32.store (i32.const 1036) (i32.const 0x7fffffff)))
