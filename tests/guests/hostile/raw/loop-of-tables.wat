;; Loops by calling through a table, never by a branch backwards.
;; row: 1
;; manifest: [capabilities.budget]|task-cpu-ms = 50
;; outcome: exhausted
;; says: the module used up its processor time and was stopped
(type $again (func))
(table funcref (elem $deed))
(func $deed (return_call_indirect (type $again) (i32.const 0)))
