;; A guest like any other: it must go on working beside all the others here.
;; outcome: ok
(func $deed)
