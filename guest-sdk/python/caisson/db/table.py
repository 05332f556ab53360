"""Questions and changes, step by step.

Every step gives a new statement, so one can be kept and continued in two ways. Nothing happens before `get`, `first`, `insert`,
`update` or another that ends it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from caisson import _host, forms, log, problem
from caisson.db import value
from caisson.problem import Problem

T = TypeVar("T")

_OPERATORS = {
    "=": "EQ", "!=": "NE", "<": "LT", "<=": "LE", ">": "GT", ">=": "GE", "like": "LIKE", "not like": "NOT_LIKE",
    "in": "IS_IN", "not in": "NOT_IN", "between": "BETWEEN", "not between": "NOT_BETWEEN",
}  # fmt: skip


def _predicate(column: str, operator: str, content: Any) -> Any:
    if operator not in _OPERATORS:
        raise ValueError(f"'{operator}' is none of {', '.join(_OPERATORS)}")
    name = _OPERATORS[operator]
    if operator in ("in", "not in", "between", "not between"):
        operands = [value.to_host(one) for one in content]
    elif content is None and operator in ("=", "!="):
        name, operands = ("IS_NULL" if operator == "=" else "NOT_NULL"), []
    else:
        operands = [value.to_host(content)]
    return _host.make(
        "database",
        "Predicate",
        column=column,
        operator=getattr(_host.part("database").Operator, name),
        operands=operands,
    )


def any_of(*conditions: tuple[str, str, Any], **equal: Any) -> list[Any]:
    """Conditions of which one is enough, for `Table.where`: `any_of(("load", "<", 5), region="eu")`."""
    return [_predicate(*one) for one in conditions] + [_predicate(name, "=", one) for name, one in equal.items()]


class Table:
    """A statement in the making."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._where: list[list[Any]] = []
        self._columns: list[Any] = []
        self._distinct = False
        self._joins: list[Any] = []
        self._group_by: list[str] = []
        self._order_by: list[Any] = []
        self._limit: int | None = None
        self._offset: int | None = None

    def _with(self, **parts: Any) -> Table:
        other = copy.copy(self)
        for name, part in parts.items():
            setattr(other, f"_{name}", part)
        return other

    def filter(self, /, **equal: Any) -> Table:
        """Rows whose columns equal these values; `None` asks for null."""
        added = [[_predicate(column, "=", content)] for column, content in equal.items()]
        return self._with(where=self._where + added)

    def where(self, column: str | list[Any], operator: str = "=", content: Any = None) -> Table:
        """A column compared in another way, such as `where("load", "<", 5)`, `where("id", "in", [1, 2])` or
        `where("ended", "!=", None)`; or `where(any_of(…))`."""
        predicates = column if isinstance(column, list) else [_predicate(column, operator, content)]
        return self._with(where=[*self._where, predicates])

    def columns(self, *names: str) -> Table:
        """Only these columns, each `name`, `table.name` or `name as other`; all of the table's where none is named."""
        added = []
        for name in names:
            column, _, alias = name.partition(" as ")
            expression = _host.make("database", "Expression_Column", column.strip())
            added.append(self._projection(expression, alias.strip() or None))
        return self._with(columns=self._columns + added)

    def aggregate(self, function: str, column: str, alias: str) -> Table:
        """A `sum`, `count`, `min`, `max` or `avg` beside the columns, called `alias`."""
        chosen = getattr(_host.part("database").Aggregate, function.upper())
        expression = _host.make("database", "Expression_Aggregate", (chosen, column))
        return self._with(columns=[*self._columns, self._projection(expression, alias)])

    @staticmethod
    def _projection(expression: Any, alias: str | None) -> Any:
        return _host.make("database", "Projection", expression=expression, alias=alias)

    def distinct(self) -> Table:
        return self._with(distinct=True)

    def join(self, table: str, left: str, right: str) -> Table:
        """With the rows of `table` for which `left` equals `right`, both `table.column`."""
        return self._joined("INNER", table, left, right)

    def left_join(self, table: str, left: str, right: str) -> Table:
        """As `join`, with nulls where `table` has no such row."""
        return self._joined("LEFT", table, left, right)

    def _joined(self, kind: str, table: str, left: str, right: str) -> Table:
        kinds = _host.part("database").JoinKind
        join = _host.make("database", "Join", kind=getattr(kinds, kind), table=table, left=left, right=right)
        return self._with(joins=[*self._joins, join])

    def group_by(self, *columns: str) -> Table:
        return self._with(group_by=[*self._group_by, *columns])

    def order_by(self, *columns: str) -> Table:
        """Each column upwards, or downwards with a `-` before it."""
        added = [
            _host.make("database", "Ordering", column=one.removeprefix("-"), descending=one.startswith("-")) for one in columns
        ]
        return self._with(order_by=self._order_by + added)

    def limit(self, rows: int) -> Table:
        return self._with(limit=rows)

    def offset(self, rows: int) -> Table:
        return self._with(offset=rows)

    def _select(self) -> Any:
        query = _host.make(
            "database",
            "Query",
            table=self._name,
            columns=self._columns,
            distinct=self._distinct,
            joins=self._joins,
            where=self._where,
            group_by=self._group_by,
            order_by=self._order_by,
            limit=self._limit,
            offset=self._offset,
        )
        return problem.call("database", "select", query, about=self._name)

    def get(self, kind: type[T] | None = None) -> list[T]:
        """Every row, as a dictionary or as a dataclass that is named."""
        found = self._select()
        return [self._read(kind, dict(zip(found.columns, map(value.of_host, row)))) for row in found.rows]

    def _read(self, kind: type[T] | None, row: Any) -> T:
        try:
            return forms.read(kind, row)
        except ValueError as error:
            log.error("database", self._name, str(error))
            raise Problem.internal(f"A row of '{self._name}' is not what the module expects.") from None

    def first(self, kind: type[T] | None = None) -> T | None:
        """The first row, or `None`."""
        found: list[T] = self.limit(1).get(kind)
        return found[0] if found else None

    def find(self, id: Any, kind: type[T] | None = None) -> T | None:
        """The row with this `id`, or `None`."""
        return self.filter(id=id).first(kind)

    def one(self, kind: type[T] | None = None) -> T:
        """The row that must be there; 404 where there is none."""
        found: T | None = self.first(kind)
        if found is None:
            raise Problem.not_found(f"There is no such row in '{self._name}'.")
        return found

    def pluck(self, column: str) -> list[Any]:
        """One column of every row."""
        return [value.of_host(row[0]) for row in self._with(columns=[]).columns(column)._select().rows]

    def value(self, column: str) -> Any:
        """One column of the first row, or `None`."""
        found = self.limit(1).pluck(column)
        return found[0] if found else None

    def count(self) -> int:
        return self._single("count", "*") or 0

    def exists(self) -> bool:
        return self.count() > 0

    def sum(self, column: str) -> Any:
        """`None` where there are no rows, as with the next three."""
        return self._single("sum", column)

    def min(self, column: str) -> Any:
        return self._single("min", column)

    def max(self, column: str) -> Any:
        return self._single("max", column)

    def avg(self, column: str) -> Any:
        return self._single("avg", column)

    def _single(self, function: str, column: str) -> Any:
        asked = self._with(columns=[], order_by=[]).aggregate(function, column, "answer")
        rows = asked._select().rows
        return value.of_host(rows[0][0]) if rows else None

    def chunk(self, key: str, size: int) -> Iterator[list[dict[str, Any]]]:
        """The rows `size` at a time, in the order of `key`, a column without two alike such as `id`. Rows may be changed and
        deleted meanwhile: none is skipped for it."""
        step = self.order_by(key).limit(size)
        while rows := step.get(dict):
            yield rows
            if len(rows) < size:
                return
            if key not in rows[-1]:
                raise Problem.internal(f"A chunked query needs its key '{key}' among its columns.")
            step = self.where(key, ">", rows[-1][key]).order_by(key).limit(size)

    def insert(self, row: Any) -> int | None:
        """Stores a dictionary or a dataclass, with a field for each column; gives the number of a row whose table counts up. 409
        where a row with the same key is there."""
        return self._insert([row], None).last_id

    def insert_many(self, rows: Iterable[Any]) -> None:
        """Stores many rows of the same fields: all or none."""
        if rows := list(rows):
            self._insert(rows, None)

    def upsert(self, row: Any, key: str | Iterable[str]) -> None:
        """Stores a row, or overwrites the one that is alike in `key`, which a unique index or the primary key is over."""
        keys = [key] if isinstance(key, str) else list(key)
        self._insert([row], (keys, [name for name in value.columns_of(row) if name not in keys]))

    def insert_or_ignore(self, row: Any, key: str | Iterable[str]) -> None:
        """Stores a row unless one that is alike in `key` is there."""
        self._insert([row], ([key] if isinstance(key, str) else list(key), []))

    def _insert(self, rows: list[Any], conflict: tuple[list[str], list[str]] | None) -> Any:
        all_rows = [value.columns_of(row) for row in rows]
        names = list(all_rows[0])
        if any(row.keys() != all_rows[0].keys() for row in all_rows):
            raise ValueError("rows that are stored together have the same columns")
        values = [[value.to_host(row[name]) for name in names] for row in all_rows]
        clash = conflict and _host.make("database", "Conflict", columns=conflict[0], update=conflict[1])
        return problem.call("database", "insert", self._name, names, values, clash, about=self._name)

    def update(self, fields: Mapping[str, Any] | None = None, /, **more: Any) -> int:
        """Sets columns in every row that the conditions leave; gives how many rows changed."""
        sets = {**(fields or {}), **more}
        pairs = [(name, self._assignment("Set", value.to_host(one))) for name, one in sets.items()]
        return problem.call("database", "update", self._name, pairs, self._where, about=self._name)

    def increment(self, column: str, by: int = 1) -> int:
        """Adds to a number where it stands, so that two who do it at once both count."""
        pairs = [(column, self._assignment("Increment", by))]
        return problem.call("database", "update", self._name, pairs, self._where, about=self._name)

    @staticmethod
    def _assignment(name: str, content: Any) -> Any:
        return _host.make("database", f"Assignment_{name}", content)

    def delete(self) -> int:
        """Deletes every row that the conditions leave; gives how many."""
        return problem.call("database", "delete", self._name, self._where, about=self._name)
