;; Begins with data where it has no memory.
;; row: 12
;; always: yes
;; outcome: trapped
;; says: the module crashed: it reached outside its memory
(data (i32.const 0x7ffffff0) "outside")
(func $deed)
