"""Short-lived values of this module, shared between its calls. Grant: `cache = true`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from caisson import forms, problem

T = TypeVar("T")


def get(key: str, kind: type[T] | None = None) -> T | None:
    """The value of a key, or `None`."""
    text = problem.call("cache", "get", key, about=key)
    return None if text is None else forms.of_host(f"cached value of '{key}'", text, kind)


def set(key: str, value: object, seconds: int, tags: Iterable[str] = ()) -> None:
    """Keeps a value for so many seconds; `tags` let `flush` forget it earlier."""
    problem.call("cache", "set", key, forms.dumps(value), seconds, list(tags), about=key)


def remember(key: str, seconds: int, make: Callable[[], T]) -> T:
    """The value of a key; where there is none, what `make` gives, kept for so many seconds. What `make` raises is not kept."""
    text = problem.call("cache", "get", key, about=key)
    if text is not None:
        return forms.loads(text)
    value = make()
    set(key, value, seconds)
    return value


def add(key: str, value: object, seconds: int) -> bool:
    """Keeps a value only where the key has none; false where it has."""
    return problem.call("cache", "add", key, forms.dumps(value), seconds, about=key)


def increment(key: str, by: int = 1, seconds: int = 60) -> int:
    """Adds to a counter and gives it. One that is not there counts from 0 and is kept for so many seconds; one that is there keeps
    its time."""
    return problem.call("cache", "increment", key, by, seconds, about=key)


def forget(key: str) -> None:
    problem.call("cache", "forget", key, about=key)


def flush(tag: str) -> None:
    """Forgets everything that was set with the tag."""
    problem.call("cache", "flush", tag, about=tag)
