"""The module's own tables. Grant: `[capabilities.database]` with the names of the tables.

    schema.create("servers", lambda t: (t.id(), t.varchar("name", 100).unique(), t.integer("load").default(0)))

    table("servers").filter(region="eu").where("load", "<", 90).order_by("load").first()

    with transaction():
        table("servers").filter(name=name).increment("load")
        table("accounts").insert({"server": name})

What a task or a service's status changes while a transaction is open is kept or undone with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from caisson import _host, problem
from caisson.db import schema
from caisson.db.table import Table, any_of
from caisson.db.value import Decimal

__all__ = ["Decimal", "Table", "any_of", "schema", "table", "transaction"]


def table(name: str) -> Table:
    """Begins a statement on a table."""
    return Table(name)


@contextmanager
def transaction() -> Iterator[None]:
    """Keeps what the block does, or none of it where it raises. While it is open, nobody else may write on a panel that runs on
    SQLite: do not compute long in it; HTTP is refused."""
    problem.call("database", "begin")
    try:
        yield
    except BaseException:
        try:
            _host.part("database").rollback()
        except _host.Err:
            pass  # The first failure is the one to tell.
        raise
    problem.call("database", "commit")
