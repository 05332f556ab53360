"""Tables in memory: what `caisson.db` asks, without joins and groups."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from caisson import _host
from caisson.db import value
from caisson.testing.contract import Part, Record

Row = dict[str, Any]

_TESTS: dict[str, Callable[[Any, list[Any]], bool]] = {
    "EQ": lambda one, to: one == to[0],
    "NE": lambda one, to: one is not None and one != to[0],
    "LT": lambda one, to: one is not None and one < to[0],
    "LE": lambda one, to: one is not None and one <= to[0],
    "GT": lambda one, to: one is not None and one > to[0],
    "GE": lambda one, to: one is not None and one >= to[0],
    "IS_IN": lambda one, to: one in to,
    "NOT_IN": lambda one, to: one is not None and one not in to,
    "BETWEEN": lambda one, to: one is not None and to[0] <= one <= to[1],
    "NOT_BETWEEN": lambda one, to: one is not None and not to[0] <= one <= to[1],
    "IS_NULL": lambda one, to: one is None,
    "NOT_NULL": lambda one, to: one is not None,
}

_SUMS: dict[str, Callable[[list[Any]], Any]] = {
    "COUNT": len,
    "SUM": lambda found: sum(found) if found else None,
    "MIN": lambda found: min(found, default=None),
    "MAX": lambda found: max(found, default=None),
    "AVG": lambda found: sum(found) / len(found) if found else None,
}


class Tables:
    """The rows of every table, by its name."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = {}
        self._columns: dict[str, list[Any]] = {}
        self._before: tuple[dict[str, list[Row]], dict[str, list[Any]]] | None = None

    def part(self) -> Part:
        names = ("create_table", "drop_table", "has_table", "has_column", "select", "insert", "update", "delete")
        functions = {name: getattr(self, f"_{name}") for name in names}
        return Part(begin=self._begin, commit=self._commit, rollback=self._rollback, **functions)

    def _create_table(self, table: Any, if_missing: bool) -> None:
        if table.name not in self.rows:
            self.rows[table.name], self._columns[table.name] = [], table.columns

    def _drop_table(self, name: str, if_exists: bool) -> None:
        self.rows.pop(name, None)

    def _has_table(self, name: str) -> bool:
        return name in self.rows

    def _has_column(self, table: str, column: str) -> bool:
        return any(one.name == column for one in self._columns.get(table, []))

    def _table(self, name: str) -> list[Row]:
        if name not in self.rows:
            raise _host.Err(_host.make("database", "Error_Missing", f"table {name}"))
        return self.rows[name]

    def _matching(self, table: str, where: list[list[Any]]) -> list[Row]:
        def holds(row: Row, one: Any) -> bool:
            return _TESTS[one.operator.name](row[one.column], [value.of_host(to) for to in one.operands])

        return [row for row in self._table(table) if all(any(holds(row, one) for one in any_of) for any_of in where)]

    def _select(self, query: Any) -> Record:
        if query.joins or query.group_by:
            raise NotImplementedError("tables in memory know no joins and no groups: test those in a panel")
        found = self._matching(query.table, query.where)
        for ordering in reversed(query.order_by):
            column = ordering.column
            found.sort(key=lambda row: (row[column] is not None, row[column]), reverse=ordering.descending)
        columns = [one.name for one in self._columns[query.table]]
        rows = [[row[column] for column in columns] for row in found]
        if query.columns:
            columns, rows = self._projected(query.columns, found)
        rows = rows[query.offset or 0 :][: query.limit]
        return Record(columns=columns, rows=[[value.to_host(one) for one in row] for row in rows])

    @staticmethod
    def _projected(projections: list[Any], found: list[Row]) -> tuple[list[str], list[list[Any]]]:
        names, answers, single = [], [], False
        for projection in projections:
            kind, content = _host.case(projection.expression)
            if kind == "Column":
                names.append(projection.alias or content)
                answers.append([row[content] for row in found])
            else:
                single, (function, column) = True, content
                values = [row.get(column) for row in found] if column != "*" else found
                names.append(projection.alias)
                answers.append([_SUMS[function.name]([one for one in values if one is not None])])
        return names, [[answer[0] for answer in answers]] if single else [list(row) for row in zip(*answers)]

    def _insert(self, table: str, columns: list[str], rows: list[Any], on_conflict: Any) -> Record:
        last = None
        for row in rows:
            given = dict(zip(columns, map(value.of_host, row)))
            keys = on_conflict.columns if on_conflict else self._unique(table)
            clash = next(
                (old for old in self._table(table) if any(self._alike(old, given, key, on_conflict) for key in keys)), None
            )
            if clash is None:
                last = self._append(table, given)
            elif on_conflict is None:
                word = _host.part("database").Constraint.UNIQUE
                raise _host.Err(_host.make("database", "Error_Violated", (word, table)))
            else:
                clash.update({name: given[name] for name in on_conflict.update})
        return Record(count=len(rows), last_id=last)

    @staticmethod
    def _alike(old: Row, new: Row, key: str, conflict: Any) -> bool:
        keys = conflict.columns if conflict else [key]
        return all(name in new and new[name] is not None and old[name] == new[name] for name in keys)

    def _unique(self, table: str) -> list[str]:
        return [column.name for column in self._columns.get(table, []) if column.unique]

    def _append(self, table: str, given: Row) -> int | None:
        rows, made, number = self._table(table), {}, None
        for column in self._columns[table]:
            if _host.case(column.kind)[0] == "Id":
                number = max((row[column.name] for row in rows), default=0) + 1
                made[column.name] = given.get(column.name, number)
            else:
                default = None if column.default is None else value.of_host(column.default)
                made[column.name] = given.get(column.name, default)
        unknown = given.keys() - made.keys()
        if unknown:
            raise _host.Err(_host.make("database", "Error_Missing", f"columns {sorted(unknown)}"))
        rows.append(made)
        return number

    def _update(self, table: str, assignments: list[tuple[str, Any]], where: list[Any]) -> int:
        found = self._matching(table, where)
        for row in found:
            for column, assignment in assignments:
                kind, content = _host.case(assignment)
                row[column] = row[column] + content if kind == "Increment" else value.of_host(content)
        return len(found)

    def _delete(self, table: str, where: list[Any]) -> int:
        found = [id(row) for row in self._matching(table, where)]
        self.rows[table] = [row for row in self.rows[table] if id(row) not in found]
        return len(found)

    def _begin(self) -> None:
        self._before = copy.deepcopy(self.rows), dict(self._columns)

    def _commit(self) -> None:
        self._before = None

    def _rollback(self) -> None:
        if self._before is not None:
            self.rows, self._columns = self._before
        self._before = None
