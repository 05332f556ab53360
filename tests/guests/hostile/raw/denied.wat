;; Asks for what nobody granted, and answers with what it was told.
;; row: 22
;; manifest: services = true
;; outcome: problem
;; says: An administrator has not approved this; it is on the module's Permissions page.
;; denied: services.list services
(import "caisson:module/services@0.1.0" "list" (func $list (param i32 i32 i32 i32 i32 i32)))
(func $deed
  (call $list (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 2048))
  ;; An error, and the first of them.
  (if (i32.or (i32.ne (i32.load8_u (i32.const 2048)) (i32.const 1)) (i32.load8_u (i32.const 2052))) (then (unreachable)))
  (i32.store8 (i32.const 1024) (i32.const 1))
  (i32.store16 (i32.const 1028) (i32.const 422))
  (i32.store (i32.const 1032) (i32.load (i32.const 2064)))
  (i32.store (i32.const 1036) (i32.load (i32.const 2068))))
