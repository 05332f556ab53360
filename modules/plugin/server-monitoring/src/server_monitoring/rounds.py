"""What comes round: checks that are due become tasks of their own, and what is old goes, a bounded piece at a time."""

from __future__ import annotations

from caisson import config, table, tasks, time, transaction
from caisson.db import Table

from server_monitoring.store import Check, checks
from server_monitoring.watch import HOUR, Rules

MINUTE = 60_000
#: A call may queue 100 tasks.
BATCH = 90
#: Rows that one statement deletes, and statements of one task.
PIECE, PIECES = 500, 20


def start() -> dict[str, int]:
    """Queues what is due. A check that still waits or runs is not queued again, so a host that is slow delays nobody."""
    now = time.now()
    due = checks().filter(paused=False).where("next_at", "<=", now).order_by("next_at", "id").limit(BATCH + 1).get(Check)
    for check in due[:BATCH]:
        with transaction():
            queue(check)
            # On the minute, as this comes round; what was missed meanwhile is not made up for.
            checks().filter(id=check.id).update(next_at=now - now % MINUTE + check.interval * MINUTE)
    if len(due) > BATCH:
        tasks.add("start-checks")
    return {"started": min(len(due), BATCH)}


def queue(check: Check) -> str:
    """A task for one try; the one that is there already, where it waits or runs."""
    # A task that was lost is tried once more; a second result does no harm.
    options = tasks.Options(unique=f"check:{check.id}", tries=2, timeout=4 * check.timeout + 10)
    options.tags = ["monitoring", check.kind]
    return tasks.add("check", {"id": check.id}, options)


def purge(rules: Rules) -> dict[str, int]:
    """Deletes results and hourly totals that are too old. What a task does not get done, the next one does."""
    now = time.now()
    hours_days = config.get("keep_hours_days", int) or 400
    old_results = table("results").where("at", "<", now - rules.keep_days * 24 * HOUR)
    deleted, left = _delete(old_results, "at")
    if not left:
        old_hours = table("hours").where("began", "<", now - hours_days * 24 * HOUR)
        more, left = _delete(old_hours, "began")
        deleted += more
    if left:
        tasks.add("purge", {"goes_on": True})
    return {"deleted": deleted}


def _delete(old: Table, column: str) -> tuple[int, bool]:
    """How many went, and whether more are left."""
    deleted = 0
    for _ in range(PIECES):
        until = old.order_by(column).limit(1).offset(PIECE - 1).value(column)
        if until is None:
            return deleted + old.delete(), False
        deleted += old.where(column, "<=", until).delete()
    return deleted, old.exists()
