;; Begins with a table of a thousand million elements.
;; row: 6
;; refused: table
(table 1000000000 funcref)
(func $deed)
