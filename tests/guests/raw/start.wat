;; Loops before anything of it was called: while its instance is made.
;; manifest: budget = { task-cpu-ms = 50 }
;; outcome: exhausted
;; says: the module used up its processor time and was stopped
(func $deed)
(func $first (loop $again (br $again)))
(start $first)
