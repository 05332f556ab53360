;; Asks for four gigabytes at once, and writes to them whatever the answer was.
;; row: 5
;; outcome: exhausted
;; says: the module used up its memory and was stopped
(func $deed (drop (memory.grow (i32.const 65535))) (i32.store (i32.const 0x7fffffff) (i32.const 1)))
