"""The hosts that an administrator lets the module reach, and whether a check's target is among them."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from caisson import config

SCHEMES = {"https": 443, "http": 80}


@dataclass(frozen=True)
class Place:
    """Somewhere to connect to; with a scheme where it is a web address."""

    scheme: str | None
    host: str
    port: int

    def __str__(self) -> str:
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{shown}:{self.port}" if self.scheme else f"{shown}:{self.port}"

    @classmethod
    def parse(cls, text: str) -> Place | None:
        """A web address, or a host with its port; none where the text is neither."""
        try:
            parts = urlsplit(text if "://" in text else f"//{text}")
            scheme, host, port = parts.scheme or None, parts.hostname, parts.port
        except ValueError:
            return None
        if scheme is not None:
            port = port or SCHEMES.get(scheme)
        if not host or not port or "@" in parts.netloc or not _is_name(host):
            return None
        if scheme is None and (parts.path or parts.query or parts.fragment):
            return None
        return cls(scheme, host, port)


def _is_name(host: str) -> bool:
    """As browsers write it: other scripts go as `xn--…`, and a pattern is no host."""
    return host.isascii() and all(one.isalnum() or one in "-._:" for one in host)


def listed() -> list[str]:
    """Those of the settings, as they were typed."""
    return config.get("settings.hosts", list[str]) or []


def is_listed(target: Place) -> bool:
    """Whether a check may go there: a web page needs an address with its scheme, anything else the host and the port."""
    places = [place for place in map(Place.parse, listed()) if place is not None]
    if target.scheme is not None:
        return target in places
    return any((one.host, one.port) == (target.host, target.port) for one in places)
