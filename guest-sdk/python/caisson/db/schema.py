"""Tables made and changed, most often in `activate` and `update`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from caisson import _host, problem
from caisson.db import value


def create(name: str, define: Callable[[Blueprint], Any]) -> None:
    """Makes a table, unless it is there: `activate` may run again."""
    made = Blueprint()
    define(made)
    table = _host.make(
        "database",
        "Table",
        name=name,
        columns=[column._to_host() for column in made._columns],
        primary_key=made._primary_key,
        foreign_keys=made._foreign_keys(),
        indexes=made._indexes,
    )
    problem.call("database", "create_table", table, True, about=name)


def alter(name: str, change: Callable[[Blueprint], Any]) -> None:
    """Changes a table: columns and indexes named in `change` are added; `drop_column` and its neighbours do the rest. All of it or
    nothing."""
    made = Blueprint()
    change(made)
    steps = list(made._alterations)
    steps += [_alteration("AddColumn", column._to_host()) for column in made._columns]
    steps += [_alteration("AddIndex", index) for index in made._indexes]
    steps += [_alteration("AddForeignKey", key) for key in made._foreign_keys()]
    problem.call("database", "alter_table", name, steps, about=name)


def drop(name: str) -> None:
    """Drops a table with what is in it, where it is there."""
    problem.call("database", "drop_table", name, True, about=name)


def has_table(name: str) -> bool:
    return problem.call("database", "has_table", name, about=name)


def has_column(table: str, column: str) -> bool:
    return problem.call("database", "has_column", table, column, about=table)


class Blueprint:
    """What a table is made of. A column that may not be null and has no default must be given with every row."""

    def __init__(self) -> None:
        self._columns: list[Column] = []
        self._primary_key: list[str] = []
        self._indexes: list[Any] = []
        self._alterations: list[Any] = []

    def id(self) -> Column:
        """`id`, which counts up by itself: the primary key."""
        return self._column("id", "Id")

    def uuid(self, name: str) -> Column:
        return self._column(name, "Uuid")

    def varchar(self, name: str, most: int) -> Column:
        """Text of at most so many characters."""
        return self._column(name, "Varchar", most)

    def text(self, name: str) -> Column:
        return self._column(name, "Text")

    def integer(self, name: str) -> Column:
        """32 bits."""
        return self._column(name, "Integer")

    def big_integer(self, name: str) -> Column:
        """64 bits."""
        return self._column(name, "BigInteger")

    def boolean(self, name: str) -> Column:
        return self._column(name, "Boolean")

    def float(self, name: str) -> Column:
        return self._column(name, "Real")

    def decimal(self, name: str, digits: int, after_point: int) -> Column:
        """An exact number: digits in all, at most 18, and how many of them after the point."""
        return self._column(name, "Decimal", (digits, after_point))

    def json(self, name: str) -> Column:
        return self._column(name, "Json")

    def choice(self, name: str, *words: str) -> Column:
        """One of a few words."""
        return self._column(name, "Choice", list(words))

    def ip_address(self, name: str) -> Column:
        return self._column(name, "IpAddress")

    def date(self, name: str) -> Column:
        return self._column(name, "Date")

    def timestamp(self, name: str) -> Column:
        """Milliseconds since the Unix epoch."""
        return self._column(name, "Timestamp")

    def binary(self, name: str) -> Column:
        return self._column(name, "Bytes")

    def timestamps(self) -> None:
        """`created_at` and `updated_at`, which the module fills."""
        self.timestamp("created_at").nullable()
        self.timestamp("updated_at").nullable()

    def primary(self, *columns: str) -> None:
        """Instead of `id`: these columns together are the primary key."""
        self._primary_key = list(columns)

    def index(self, *columns: str) -> None:
        self._indexes.append(_host.make("database", "Index", columns=list(columns), unique=False))

    def unique(self, *columns: str) -> None:
        """No two rows are alike in these columns together."""
        self._indexes.append(_host.make("database", "Index", columns=list(columns), unique=True))

    def drop_column(self, name: str) -> None:
        """For `alter`."""
        self._alterations.append(_alteration("DropColumn", name))

    def rename_column(self, old: str, new: str) -> None:
        """For `alter`."""
        self._alterations.append(_alteration("RenameColumn", (old, new)))

    def drop_index(self, *columns: str) -> None:
        """For `alter`."""
        self._alterations.append(_alteration("DropIndex", list(columns)))

    def _column(self, name: str, kind: str, *content: Any) -> Column:
        column = Column(name, _host.make("database", f"ColumnType_{kind}", *content))
        self._columns.append(column)
        return column

    def _foreign_keys(self) -> list[Any]:
        return [key for column in self._columns if (key := column._foreign_key()) is not None]


class Column:
    """What else there is to say of a column."""

    def __init__(self, name: str, kind: Any) -> None:
        self._name = name
        self._kind = kind
        self._nullable = False
        self._default: Any = None
        self._unique = False
        self._target: tuple[str, str] | None = None
        self._on_delete = "RESTRICT"

    def nullable(self) -> Column:
        self._nullable = True
        return self

    def default(self, content: Any) -> Column:
        self._default = value.to_host(content)
        return self

    def unique(self) -> Column:
        self._unique = True
        return self

    def references(self, table: str, column: str = "id") -> Column:
        """Points to a column of another table of the module, or to `id` of the panel's `services`, `clients` or `invoices`. While
        a row points to it, the other cannot be deleted; see `cascade` and `set_null`."""
        self._target = (table, column)
        return self

    def cascade(self) -> Column:
        """Deletes the row with the one it points to."""
        self._on_delete = "CASCADE"
        return self

    def set_null(self) -> Column:
        """Sets the column null when the row it points to is deleted."""
        self._on_delete = "SET_NULL"
        return self

    def _to_host(self) -> Any:
        return _host.make(
            "database",
            "Column",
            name=self._name,
            kind=self._kind,
            nullable=self._nullable,
            default=self._default,
            unique=self._unique,
        )

    def _foreign_key(self) -> Any:
        if self._target is None:
            return None
        table, column = self._target
        on_delete = getattr(_host.part("database").ReferentialAction, self._on_delete)
        names = {"columns": [self._name], "table": table, "references": [column]}
        return _host.make("database", "ForeignKey", on_delete=on_delete, **names)


def _alteration(name: str, content: Any) -> Any:
    return _host.make("database", f"Alteration_{name}", content)
