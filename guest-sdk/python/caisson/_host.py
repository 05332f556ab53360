"""The panel's functions, as the component's bindings have them.

The bindings hold what the module's manifest asks for and no more, so a part that is missing here is one that `module.toml` has
to ask for. Everything is imported at once: a component has no files, and what was not imported while it was built never is.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

IMPORTS = (
    "types", "cache", "config", "crypto", "database", "events", "http", "i18n", "log", "mail", "notifications",
    "payments", "probe", "services", "tasks", "validation",
)  # fmt: skip
EXPORTS = ("hooks", "jobs", "notification", "payment", "product")

_parts: dict[str, Any] = {}


class NotAskedFor(LookupError):
    """A function of the panel that `module.toml` does not ask for."""


class Err(Exception):
    """Stands for the bindings' own where there are none, which is outside of a component."""

    def __init__(self, value: Any) -> None:
        super().__init__(value)
        self.value = value


def _bound(path: str) -> ModuleType | None:
    try:
        return importlib.import_module(path)
    except ModuleNotFoundError:
        return None


def _bind() -> None:
    for name in IMPORTS:
        if (found := _bound(f"wit_world.imports.{name}")) is not None:
            _parts[name] = found
    for name in EXPORTS:
        if (found := _bound(f"wit_world.exports.{name}")) is not None:
            _parts[name] = found
    if (shared := _bound("componentize_py_types")) is not None:
        globals()["Err"] = shared.Err


_bind()


def use(parts: dict[str, Any]) -> dict[str, Any]:
    """Puts other parts in place of all, and gives those before: what `caisson.testing` does."""
    before = dict(_parts)
    _parts.clear()
    _parts.update(parts)
    return before


def part(name: str) -> Any:
    """An interface of the contract."""
    found = _parts.get(name)
    if found is None:
        raise NotAskedFor(f"module.toml does not ask for '{name}' under [capabilities], so this component cannot use it")
    return found


def make(interface: str, name: str, /, *values: Any, **fields: Any) -> Any:
    """A record or a case of a variant, such as `make("types", "Header", name="a", value="b")`."""
    return getattr(part(interface), name)(*values, **fields)


def case(value: Any) -> tuple[str, Any]:
    """The name of a variant's case and what it holds: `Error_TooLarge(9)` is `("TooLarge", 9)`."""
    return type(value).__name__.rpartition("_")[2], getattr(value, "value", None)
