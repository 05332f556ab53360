;; Begins with a table of more elements than there are addresses (GHSA-p8xm-42r7-89xg): it takes a proposal that is off.
;; row: 6
;; refused: component.wasm is not valid at byte
(table i64 0x1000000000000000 funcref)
(func $deed)
