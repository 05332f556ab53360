"""Tells people something in the panel's name. Grant: `notifications = true`.

What is said are the module's own strings `notify-<event>-subject` and `notify-<event>-message` in `lang/*.ftl`, in the language of
whoever it is for; the other arguments are theirs.
"""

from __future__ import annotations

from typing import Any

from caisson import _host, forms, problem


def to_client(id: str, event: str, /, **data: Any) -> None:
    """Tells a client who has a service of this module."""
    _notify("Recipient_Client", id, event, data)


def to_staff(permission: str, event: str, /, **data: Any) -> None:
    """Tells every administrator who holds a permission of this module, by its key in the manifest."""
    _notify("Recipient_StaffWith", permission, event, data)


def _notify(kind: str, to: str, event: str, data: dict[str, Any]) -> None:
    recipient = _host.make("notifications", kind, to)
    problem.call("notifications", "notify", recipient, event, forms.dumps(data), about=event)
