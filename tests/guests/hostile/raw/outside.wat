;; Imports what is in no contract.
;; row: 22
;; refused: imports 'evil:host/files@1.0.0', which is not in the contract: a module imports caisson:module and the allowed parts of WASI only
(import "evil:host/files@1.0.0" "read" (func $read))
(func $deed (call $read))
