;; Grows its memory by a page for as long as it gets one, and goes on asking.
;; row: 5
;; manifest: [capabilities.budget]|task-cpu-ms = 300
;; outcome: exhausted
;; says: the module used up its memory and was stopped
(func $deed (loop $again (br_if $again (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))) (unreachable))
