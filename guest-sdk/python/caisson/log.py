"""The module's log, shown in the panel. The host redacts secrets before it stores an entry.

log.info("create", {"domain": "example.org"}, answer)
"""

from __future__ import annotations

import json
from typing import Any

from caisson import _host


def debug(action: str, request: Any = None, response: Any = None) -> None:
    """For whoever looks closely."""
    _emit("DEBUG", action, request, response)


def info(action: str, request: Any = None, response: Any = None) -> None:
    """Something was done: what, what was asked, what came back."""
    _emit("INFO", action, request, response)


def warning(action: str, request: Any = None, response: Any = None) -> None:
    """Something is odd, and the module went on."""
    _emit("WARNING", action, request, response)


def error(action: str, request: Any = None, response: Any = None) -> None:
    """Something failed."""
    _emit("ERROR", action, request, response)


def _emit(level: str, action: str, request: Any, response: Any) -> None:
    part = _host.part("log")
    part.emit(getattr(part.Level, level), action, _text(request), _text(response))


def _text(value: Any) -> str:
    return json.dumps(value, default=str)
