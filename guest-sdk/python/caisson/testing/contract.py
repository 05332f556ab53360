"""Stands for the generated bindings: records, cases and words that are made as they are asked for."""

from __future__ import annotations

from typing import Any


class Record:
    """A record by its fields, or a case of a variant by its value."""

    def __init__(self, *value: Any, **fields: Any) -> None:
        if value:
            self.value = value[0]
        self.__dict__.update(fields)

    def __repr__(self) -> str:
        inner = ", ".join(f"{name}={value!r}" for name, value in self.__dict__.items())
        return f"{type(self).__name__}({inner})"

    def __eq__(self, other: object) -> bool:
        return type(self).__name__ == type(other).__name__ and self.__dict__ == other.__dict__


class Word:
    """A member of an enumeration."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Word) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)


class _Type(type):
    def __getattr__(cls, name: str) -> Word:
        if name.isupper():
            return Word(name)
        raise AttributeError(name)


class Part:
    """An interface: names that begin with a capital are types; functions are given."""

    def __init__(self, **functions: Any) -> None:
        self.__dict__.update(functions)

    def __getattr__(self, name: str) -> Any:
        if not name[:1].isupper():
            raise AttributeError(name)
        made = _Type(name, (Record,), {})
        setattr(self, name, made)
        return made
