"""What results lead to: a check goes down after some failures in a row, comes up after some successes, and each change is told once.

All that a result changes is kept together or not at all, its event and its alert among it; the alert itself is a task, which is
tried again where the panel cannot send it now.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from caisson import config, events, log, notifications, table, tasks, time, transaction

from server_monitoring.attempt import Outcome
from server_monitoring.hosts import listed
from server_monitoring.store import Check, Incident, checks

HOUR = 3_600_000


@dataclass
class Rules:
    """The settings."""

    hosts: list[str]
    fail_after: int = 3
    recover_after: int = 2
    remind_hours: int = 6
    keep_days: int = 14

    @classmethod
    def saved(cls) -> Rules:
        """As a job needs them, which no form is handed to."""
        names = ("fail_after", "recover_after", "remind_hours", "keep_days")
        given = {name: config.get(f"settings.{name}", int) for name in names}
        return cls(listed(), **{name: number for name, number in given.items() if number is not None})


def step(check: Check, ok: bool, rules: Rules) -> tuple[str, int]:
    """The state after a result, and how many in a row contradict it."""
    leads_to = "up" if ok else "down"
    if check.state == leads_to:
        return leads_to, 0
    # What was never seen to work or to fail needs no proof that it works.
    needed = (1 if check.state == "unknown" else rules.recover_after) if ok else rules.fail_after
    streak = check.streak + 1
    return (leads_to, 0) if streak >= needed else (check.state, streak)


def record(id: int, outcome: Outcome, rules: Rules) -> str:
    """Keeps a result, and gives the check's state after it; `gone` or `paused` where nobody wants it any more."""
    now = time.now()
    with transaction():
        # Taken first, so that two results of one check follow each other.
        checks().filter(id=id).update(checked_at=now, last_ms=outcome.ms, note=None)
        check = checks().find(id, Check)
        if check is None:
            return "gone"
        if check.paused:
            return "paused"
        _keep(check, outcome, now)
        state, streak = step(check, outcome.ok, rules)
        turning = None if state == check.state and streak == 0 else (check.turning_at or now)
        changes: dict[str, Any] = {"state": state, "streak": streak, "turning_at": turning}
        if state != check.state:
            changes.update(changed_at=now, turning_at=None)
        checks().filter(id=id).update(changes)
        if state == "down" and check.state != "down":
            _go_down(check, outcome, turning or now)
        elif state == "up" and check.state == "down":
            _come_up(check, turning or now)
        elif state == "down" and not outcome.ok:
            _remind(check, rules, now)
    return state


def _keep(check: Check, outcome: Outcome, now: int) -> None:
    result = {"ok": outcome.ok, "ms": outcome.ms, "cause": outcome.cause, "detail": outcome.detail}
    table("results").insert({"check_id": check.id, "at": now, **result})
    began = now - now % HOUR
    hour = table("hours").filter(check_id=check.id, began=began)
    table("hours").insert_or_ignore({"check_id": check.id, "began": began}, ["check_id", "began"])
    hour.increment("tries")
    if not outcome.ok:
        hour.increment("fails")
    if outcome.ms is not None:
        hour.increment("timed")
        hour.increment("total_ms", outcome.ms)


def _go_down(check: Check, outcome: Outcome, began: int) -> None:
    told = {"check_id": check.id, "began_at": began, "cause": outcome.cause, "detail": outcome.detail}
    id = table("incidents").insert({**told, "alerts": 1, "alert_at": time.now()})
    events.dispatch("monitoring.down", check=check.id, name=check.name, target=check.target, **_why(outcome))
    tasks.add("alert", {"incident": id, "event": "down", "number": 1}, **ALERT)
    log.warning("down", check.target, _why(outcome))


def _come_up(check: Check, ended: int) -> None:
    incident = open_incident(check.id)
    if incident is None:
        return
    table("incidents").filter(id=incident.id).update(ended_at=ended, alerts=incident.alerts + 1)
    seconds = max(0, ended - incident.began_at) // 1000
    events.dispatch("monitoring.up", check=check.id, name=check.name, target=check.target, seconds=seconds)
    tasks.add("alert", {"incident": incident.id, "event": "up", "number": incident.alerts + 1}, **ALERT)
    log.info("up", check.target, {"seconds": seconds})


def _remind(check: Check, rules: Rules, now: int) -> None:
    incident = open_incident(check.id)
    if incident is None or not rules.remind_hours or now - incident.alert_at < rules.remind_hours * HOUR:
        return
    number = incident.alerts + 1
    table("incidents").filter(id=incident.id).update(alerts=number, alert_at=now)
    tasks.add("alert", {"incident": incident.id, "event": "still-down", "number": number}, **ALERT)


#: An hour of tries, since an alert is what the module is for.
ALERT: dict[str, Any] = {"tries": 8, "backoff": 30, "tags": ["monitoring", "alert"]}


def open_incident(check: int) -> Incident | None:
    return table("incidents").filter(check_id=check, ended_at=None).order_by("-id").first(Incident)


def tell(id: int, event: str, number: int) -> bool:
    """Sends an alert unless it, or one after it, went out already. False where it did."""
    with transaction():
        if table("incidents").filter(id=id).where("told", "<", number).update(told=number) == 0:
            return False
        incident = table("incidents").find(id, Incident)
        check = checks().find(incident.check_id, Check) if incident else None
        if incident is None or check is None:
            return False
        until = incident.ended_at or time.now()
        about = {"name": check.name, "target": check.target, "cause": incident.cause, "detail": incident.detail}
        notifications.to_staff("view", event, **about, minutes=max(0, until - incident.began_at) // 60_000)
    return True


def _why(outcome: Outcome) -> dict[str, Any]:
    return {key: value for key, value in asdict(outcome).items() if key != "ms"}
