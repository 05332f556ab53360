"""What pages and the API show of checks: uptime, charts, incidents."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from caisson import table, time, translate

from server_monitoring.store import Check, checks
from server_monitoring.watch import HOUR

DAY = 24 * HOUR
#: A chart's period: how far it goes back, how long a point is, how its time is written.
PERIODS = {
    "day": (DAY, HOUR, "%H:%M"),
    "week": (7 * DAY, HOUR, "%d %b %H:%M"),
    "month": (30 * DAY, DAY, "%d %b"),
}
#: The worst first.
ORDER = {"down": 0, "unknown": 1, "up": 2, "paused": 3}

Hours = list[dict[str, Any]]


def shown_state(check: Check) -> str:
    return "paused" if check.paused else check.state


def by_worst(found: list[Check]) -> list[Check]:
    return sorted(found, key=lambda check: (ORDER[shown_state(check)], check.name.lower()))


def hours_since(since: int, check: int | None = None) -> Hours:
    asked = table("hours").where("began", ">=", since)
    return (asked if check is None else asked.filter(check_id=check)).order_by("began").get(dict)


def uptimes(since: int, check: int | None = None) -> dict[int, float]:
    """The share of tries that went well, in percent, of each check that was tried."""
    asked = table("hours").where("began", ">=", since).columns("check_id").group_by("check_id")
    asked = asked if check is None else asked.filter(check_id=check)
    rows = asked.aggregate("sum", "tries", "tried").aggregate("sum", "fails", "failed").get(dict)
    return {row["check_id"]: percent(int(row["tried"]), int(row["failed"])) for row in rows if row["tried"]}


def percent(tries: int, fails: int) -> float:
    """Cut off, not rounded: 100 means that nothing failed."""
    return (tries - fails) * 10_000 // tries / 100


def series(hours: Hours, period: str = "day") -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Points of the charts: how long answers took on average, and which share of tries went well."""
    length, each, written = PERIODS[period]
    now = time.now()
    first = now - now % each - length + each
    totals = {at: [0, 0, 0, 0] for at in range(first, first + length, each)}
    for row in hours:
        found = totals.get(row["began"] - row["began"] % each)
        if found is not None:
            for index, name in enumerate(("tries", "fails", "timed", "total_ms")):
                found[index] += row[name]
    times, states = [], []
    for at, (tries, fails, timed, total) in totals.items():
        label = datetime.fromtimestamp(at / 1000, UTC).strftime(written)
        times.append({"label": label, "value": total * 1000 // timed if timed else None})
        share = percent(tries, fails) if tries else None
        color = "grey" if share is None else "green" if not fails else "amber" if share >= 90 else "red"
        states.append({"label": label, "state": color, "text": "–" if share is None else f"{share:g} %"})
    return times, states


def incidents(check: int | None = None, limit: int = 20, only_open: bool = False) -> list[dict[str, Any]]:
    """Newest first, with the check's name."""
    asked = table("incidents").join("checks", "incidents.check_id", "checks.id")
    asked = asked.columns("incidents.id as id", "incidents.check_id as check_id", "checks.name as name")
    asked = asked.columns(*(f"incidents.{name} as {name}" for name in ("began_at", "ended_at", "cause", "detail")))
    if check is not None:
        asked = asked.where("incidents.check_id", "=", check)
    if only_open:
        asked = asked.where("incidents.ended_at", "=", None)
    rows = asked.order_by("-incidents.id").limit(limit).get(dict)
    now = time.now()
    return [{**row, "lasted": ((row["ended_at"] or now) - row["began_at"]) * 1000} for row in rows]


def row_of(check: Check, up: dict[int, float]) -> dict[str, Any]:
    """A line of a list."""
    names = ("id", "name", "kind", "target", "checked_at", "last_ms", "note")
    row = {name: getattr(check, name) for name in names}
    share = up.get(check.id)
    return {**row, "state": shown_state(check), "uptime": "–" if share is None else f"{share:g} %"}


def dashboard(most: int) -> dict[str, Any]:
    found = by_worst(checks().get(Check))
    day = time.now() - DAY
    hours: dict[int, Hours] = {}
    for row in (every := hours_since(day - day % HOUR + HOUR)):
        hours.setdefault(row["check_id"], []).append(row)
    month = uptimes(time.now() - 30 * DAY)
    states = [shown_state(check) for check in found]
    return {
        "counts": {state: states.count(state) for state in ORDER},
        "checks": [{**row_of(check, month), "strip": series(hours.get(check.id, []))[1]} for check in found[:most]],
        "more": max(0, len(found) - most),
        "times": series(every)[0],
        "incidents": incidents(limit=8),
    }


def labels(name: str, words: list[str]) -> list[dict[str, str]]:
    """Choices of a select: `kind-http` and so on in lang/*.ftl."""
    return [{"value": one, "label": translate(f"{name}-{one}")} for one in words]
