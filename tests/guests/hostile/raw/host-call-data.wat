;; Hands the host more in one call than it copies.
;; row: 8
;; pages: 200
;; outcome: exhausted
;; says: the module used up its data for one host call and was stopped
(import "caisson:module/log@0.1.0" "emit" (func $emit (param i32 i32 i32 i32 i32 i32 i32)))
(func $deed
  (call $emit (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0x900000) (i32.const 0) (i32.const 0)))
