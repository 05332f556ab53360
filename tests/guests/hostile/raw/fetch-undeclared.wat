;; Would send requests as `fetch` does, and says nothing of it.
;; row: 22
;; refused: which module.toml does not ask for: add [[capabilities.http]]
(import "wasi:http/types@0.2.3" "[constructor]fields" (func $fields (result i32)))
(func $deed (drop (call $fields)))
