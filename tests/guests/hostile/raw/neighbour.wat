;; A guest like any other: it must go on working beside all the others here.
;; row: 15
;; outcome: ok
(func $deed)
