;; Calls the host from the last of its stack: what the host needs is not the guest's to take.
;; row: 7
;; manifest: [capabilities.budget]|task-cpu-ms = 1000
;; outcome: trapped
;; says: the module crashed: its calls nested too deeply
(import "caisson:module/config@0.1.0" "has" (func $has (param i32 i32) (result i32)))
(func $deed (drop (call $deeper (i32.const 1))))
(func $deeper (param i32) (result i32)
  (drop (call $has (i32.const 0) (i32.const 0)))
  (i32.add (local.get 0) (call $deeper (i32.add (local.get 0) (i32.const 1)))))
