"""The module's own strings, from `lang/*.ftl`."""

from __future__ import annotations

from typing import Any

from caisson import _host, forms


def translate(key: str, /, *, locale: str | None = None, **arguments: Any) -> str:
    """The message `key` in the language of whoever the call is for; English, then the key itself, where there is none."""
    return _host.part("i18n").translate(key, forms.dumps(arguments), locale)
