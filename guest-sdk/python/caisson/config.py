"""What the module was configured with: keys of the manifest's `[config]`, and the saved settings."""

from __future__ import annotations

from typing import TypeVar

from caisson import _host, forms
from caisson.problem import Problem

T = TypeVar("T")


def get(key: str, kind: type[T] | None = None) -> T | None:
    """The value of a key, or `None`. Secret settings always answer `None`: their values stay with the host, which puts them into
    requests for you (see `caisson.http`)."""
    text = _host.part("config").get(key)
    return None if text is None else forms.of_host(f"configuration of '{key}'", text, kind)


def setting(key: str, kind: type[T] | None = None) -> T:
    """A saved setting that the module cannot do without; 424 that names it where it is empty."""
    found: T | None = get(f"settings.{key}", kind)
    if found is None:
        raise Problem.not_configured(f"The setting '{key}' of this module is missing.")
    return found


def has(key: str) -> bool:
    """Whether a value is set, secret or not."""
    return _host.part("config").has(key)
