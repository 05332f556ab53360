;; Computes within its processor time until the clock on the wall has run out.
;; row: 1
;; manifest: budget = { task-wall-ms = 200 }
;; outcome: exhausted
;; says: the module used up its time and was stopped
(func $deed (loop $again (br $again)))
