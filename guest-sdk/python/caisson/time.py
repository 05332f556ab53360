"""The time of day."""

from __future__ import annotations

import time as _time


def now() -> int:
    """Milliseconds since the Unix epoch, UTC, as the contract counts time."""
    return _time.time_ns() // 1_000_000
