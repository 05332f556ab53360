;; Thirty instances of itself, each with a memory: more than one call may have.
;; row: 5
;; copies: 30
;; refused: 31 Wasm linear memories, which exceeds the configured maximum of 8
(func $deed)
