;; Three memories of 50 MiB, each within the limit that holds for all of them together.
;; row: 5
;; pages: 800
;; copies: 2
;; outcome: exhausted
;; says: the module used up its memory and was stopped
(func $deed)
