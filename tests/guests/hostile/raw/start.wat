;; Loops before anything of it was called, while its instance is made (GHSA-5hhx-4wrr-3j9g).
;; row: 1
;; manifest: budget = { task-cpu-ms = 50 }
;; outcome: exhausted
;; says: the module used up its processor time and was stopped
(func $deed)
(func $first (loop $again (br $again)))
(start $first)
