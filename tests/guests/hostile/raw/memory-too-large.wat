;; Begins with more memory than any call may have.
;; row: 5
;; pages: 4000
;; refused: memory has a minimum byte size of 262144000 which exceeds the limit of 0x8000000 bytes
(func $deed)
