;; Gives up while its instance is made.
;; row: 12
;; always: yes
;; outcome: trapped
;; says: the module crashed: it gave up (a panic, or code that must not be reached)
(func $deed)
(func $first (unreachable))
(start $first)
