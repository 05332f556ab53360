"""Adding and changing checks, by a form or by the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from caisson import Problem, config, table, time, translate, validate

from server_monitoring.hosts import Place, is_listed
from server_monitoring.store import Check, check_of, checks

KINDS = ["http", "port", "tcp", "ssl"]

RULES = {
    "name": "required|string|max:100",
    "kind": f"required|in:{','.join(KINDS)}",
    "target": "required|string|max:500",
    "interval": "required|integer|between:1,1440",
    "timeout": "required|integer|between:1,30",
    "slow_ms": "nullable|integer|between:1,60000",
    "expect": r"nullable|regex:/^[1-5][0-9]{2}(-[1-5][0-9]{2})?$/",
    "contains": "nullable|string|max:200",
    "warn_days": "nullable|integer|between:0,365",
}
#: Fields that only some kinds have.
ONLY = {"expect": ("http",), "contains": ("http",), "slow_ms": ("http", "port", "tcp"), "warn_days": ("ssl",)}
DEFAULTS: dict[str, Any] = {"kind": "http", "interval": 5, "timeout": 10, "expect": "200-399", "warn_days": 14}
#: What another result is judged by: a check that becomes another one begins anew.
WHAT = ("kind", "target")


def add(given: Mapping[str, Any]) -> Check:
    """Stores a new check, which is due at once."""
    most = config.get("max_checks", int) or 200
    if checks().count() >= most:
        raise Problem.conflict(translate("too-many", most=most))
    fields, now = _read({**DEFAULTS, **given}, None), time.now()
    id = checks().insert({**fields, "next_at": now, "created_at": now, "updated_at": now})
    return check_of(id)


def change(check: Check, given: Mapping[str, Any]) -> Check:
    """Changes what is given of a check; the rest stays."""
    fields = _read({**values(check), **given}, check)
    if any(fields[name] != getattr(check, name) for name in WHAT):
        end_incident(check.id)
        fields |= anew()
    checks().filter(id=check.id).update({**fields, "updated_at": time.now()})
    return check_of(check.id)


def pause(check: Check, paused: bool) -> Check:
    """A check that goes on is due at once, and knows nothing yet."""
    if check.paused != paused:
        end_incident(check.id)
        changes = {"paused": True} if paused else {"paused": False, **anew()}
        checks().filter(id=check.id).update({**changes, "updated_at": time.now()})
    return check_of(check.id)


def end_incident(check: int) -> None:
    """Nobody looks at what was down any more, so nothing is said of how it goes on."""
    table("incidents").filter(check_id=check, ended_at=None).update(ended_at=time.now())


def anew() -> dict[str, Any]:
    """What a check is that has no results yet."""
    return {"state": "unknown", "streak": 0, "turning_at": None, "note": None, "next_at": time.now()}


def values(check: Check) -> dict[str, Any]:
    """A check as the form has it."""
    return {name: value for name, value in asdict(check).items() if name in RULES}


def _read(given: Mapping[str, Any], check: Check | None) -> dict[str, Any]:
    """The fields as they are stored; 422 with what is wrong, field by field."""
    known = {name: None if given.get(name) == "" else given.get(name) for name in RULES}
    fields: dict[str, Any] = validate(known, RULES)
    fields = {name: fields.get(name) for name in RULES}
    for name in ("interval", "timeout", "slow_ms", "warn_days"):
        fields[name] = None if fields[name] is None else int(fields[name])
    for name, kinds in ONLY.items():
        if fields["kind"] not in kinds:
            fields[name] = None
        elif fields[name] is None:
            fields[name] = DEFAULTS.get(name)
    fields["name"], fields["target"] = fields["name"].strip(), fields["target"].strip()
    errors = {"target": _wrong_target(fields["kind"], fields["target"]), "name": _taken(fields["name"], check)}
    least, _, most = (fields["expect"] or "").partition("-")
    if most and most < least:
        errors["expect"] = translate("expect-wrong")
    if found := {name: error for name, error in errors.items() if error}:
        raise Problem.invalid(found)
    return fields


def _wrong_target(kind: str, target: str) -> str | None:
    place = Place.parse(target)
    if place is None or (kind == "http") != (place.scheme in ("http", "https")):
        return translate("target-wrong-page" if kind == "http" else "target-wrong-place")
    return None if is_listed(place) else translate("target-unlisted", place=str(place))


def _taken(name: str, check: Check | None) -> str | None:
    others = checks().filter(name=name)
    if check is not None:
        others = others.where("id", "!=", check.id)
    return translate("name-taken") if others.exists() else None
