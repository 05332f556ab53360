;; Copies fifty megabytes over themselves, again and again.
;; row: 4
;; pages: 800
;; manifest: [capabilities.budget]|task-cpu-ms = 300
;; outcome: exhausted
;; says: the module used up its processor time and was stopped
(func $deed (loop $again (memory.copy (i32.const 65537) (i32.const 65536) (i32.const 52000000)) (br $again)))
