"""Whether a host answers. Grant: a `[[capabilities.probe]]` line for host and port. Each counts among the call's HTTP requests."""

from __future__ import annotations

from caisson import problem


def connect(host: str, port: int, timeout: float = 5) -> float:
    """Seconds to connect, the name's resolution not counted. 503 where the host refuses, 504 where it does not answer in time."""
    return problem.call("probe", "connect", host, port, int(timeout * 1000), about=host) / 1000


def certificate_days(host: str, port: int, timeout: float = 5) -> int:
    """Whole days until the certificate that the host shows ends; negative once it is over. It is reported whatever it is worth:
    whether anybody should trust it is not checked."""
    return problem.call("probe", "certificate", host, port, int(timeout * 1000), about=host)
