"""The tables, and rows as the module reads them."""

from __future__ import annotations

from dataclasses import dataclass

from caisson import Problem, schema, table
from caisson.db import Table


@dataclass
class Check:
    """What is watched, how, and how it stands."""

    id: int
    name: str
    kind: str
    target: str
    interval: int  # minutes
    timeout: int  # seconds
    slow_ms: int | None
    expect: str | None
    contains: str | None
    warn_days: int | None
    paused: bool
    state: str
    streak: int
    turning_at: int | None
    changed_at: int | None
    next_at: int
    checked_at: int | None
    last_ms: int | None
    note: str | None


@dataclass
class Incident:
    """A time during which a check was down."""

    id: int
    check_id: int
    began_at: int
    ended_at: int | None
    cause: str
    detail: str
    alerts: int
    told: int
    alert_at: int


def create_tables() -> None:
    schema.create("checks", _checks)
    schema.create("results", _results)
    schema.create("hours", _hours)
    schema.create("incidents", _incidents)


def _checks(t: schema.Blueprint) -> None:
    t.id()
    t.varchar("name", 100).unique()
    t.choice("kind", "http", "port", "tcp", "ssl")
    t.varchar("target", 500)
    t.integer("interval")
    t.integer("timeout")
    t.integer("slow_ms").nullable()
    t.varchar("expect", 7).nullable()
    t.varchar("contains", 200).nullable()
    t.integer("warn_days").nullable()
    t.boolean("paused").default(False)
    t.choice("state", "unknown", "up", "down").default("unknown")
    # Results in a row that contradict the state, and when the first of them came.
    t.integer("streak").default(0)
    t.timestamp("turning_at").nullable()
    t.timestamp("changed_at").nullable()
    t.timestamp("next_at")
    t.timestamp("checked_at").nullable()
    t.integer("last_ms").nullable()
    # Why it cannot be checked at all, while that is so.
    t.varchar("note", 300).nullable()
    t.timestamps()
    t.index("paused", "next_at")


def _results(t: schema.Blueprint) -> None:
    t.id()
    t.big_integer("check_id").references("checks").cascade()
    t.timestamp("at")
    t.boolean("ok")
    t.integer("ms").nullable()
    t.varchar("cause", 20).nullable()
    t.varchar("detail", 100).nullable()
    t.index("check_id", "at")
    t.index("at")


def _hours(t: schema.Blueprint) -> None:
    """Totals by the hour: what uptime and charts are made of, however many results there were."""
    t.big_integer("check_id").references("checks").cascade()
    t.timestamp("began")
    t.integer("tries").default(0)
    t.integer("fails").default(0)
    t.integer("timed").default(0)
    t.big_integer("total_ms").default(0)
    t.primary("check_id", "began")
    t.index("began")


def _incidents(t: schema.Blueprint) -> None:
    t.id()
    t.big_integer("check_id").references("checks").cascade()
    t.timestamp("began_at")
    t.timestamp("ended_at").nullable()
    t.varchar("cause", 20)
    t.varchar("detail", 100)
    # How many alerts are due, and up to which they went out: a task that runs again tells nobody twice.
    t.integer("alerts").default(0)
    t.integer("told").default(0)
    t.timestamp("alert_at")
    t.index("check_id", "began_at")
    t.index("ended_at")


def checks() -> Table:
    return table("checks")


def check_of(id: object) -> Check:
    """A check by the number in an address; 404 where there is none."""
    text = str(id)
    found = checks().find(int(text), Check) if text.isascii() and text.isdigit() and len(text) < 19 else None
    if found is None:
        raise Problem.not_found("There is no such check.")
    return found
