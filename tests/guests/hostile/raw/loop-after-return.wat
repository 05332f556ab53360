;; Never comes back from tidying up after its answer.
;; row: 1
;; manifest: [capabilities.budget]|task-cpu-ms = 50
;; outcome: exhausted
;; says: the module used up its processor time and was stopped
(func $deed)
(func (export "cabi_post_caisson:module/lifecycle@0.1.0#activate") (param i32) (loop $again (br $again)))
