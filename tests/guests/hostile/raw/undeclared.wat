;; Imports what its manifest does not ask for.
;; row: 22
;; refused: imports 'caisson:module/services@0.1.0', which module.toml does not ask for: add `services = true` under [capabilities]
(import "caisson:module/services@0.1.0" "list" (func $list (param i32 i32 i32 i32 i32 i32)))
(func $deed
  (call $list (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 2048)))
