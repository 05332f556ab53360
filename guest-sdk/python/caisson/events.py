"""Something happened, and other modules may hear of it. Grant: `[capabilities.events] publishes`."""

from __future__ import annotations

from typing import Any

from caisson import forms, problem


def dispatch(name: str, payload: Any = None, /, **more: Any) -> str:
    """Publishes an event and gives its id. Others hear it as `<type>/<module>.<name>`."""
    fields = {**(forms.plain(payload) or {}), **more}
    return problem.call("events", "dispatch", name, forms.dumps(fields), about=name)
