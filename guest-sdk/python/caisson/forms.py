"""JSON of the contract as the author's own types, and back.

A type is a dataclass; fields with defaults may be missing, fields that it does not have are left out. Nested dataclasses, lists,
dictionaries, enums, literals and `X | None` are read too. Without a type, a document is what `json` makes of it.
"""

from __future__ import annotations

import dataclasses
import enum
import json
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from caisson import log
from caisson.problem import Problem

T = TypeVar("T")


class Secret:
    """A secret setting as the module sees it on a form: set or not, never the value."""

    def __init__(self, is_set: bool = False) -> None:
        self.is_set = is_set

    def __bool__(self) -> bool:
        return self.is_set

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other.is_set == self.is_set

    def __hash__(self) -> int:
        return hash(self.is_set)

    def __repr__(self) -> str:
        return f"Secret(is_set={self.is_set})"


class Misfit(ValueError):
    """A value that is not what its type says; the text says where."""


def loads(text: str) -> Any:
    """The contract writes an empty document as nothing."""
    return json.loads(text) if text else None


def dumps(value: Any) -> str:
    return json.dumps(plain(value), ensure_ascii=False, separators=(",", ":"))


def plain(value: Any) -> Any:
    """What JSON can hold, of dataclasses, enums, tuples and sets too."""
    if isinstance(value, enum.Enum):
        return value.value
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, Secret):
        return True if value else None
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def read(kind: type[T] | None, value: Any, at: str = "") -> T:
    """`value` as a `kind`, or as it is where no type is asked for."""
    return typing.cast(T, value if kind is None else _read(kind, value, at))


def _read(kind: Any, value: Any, at: str) -> Any:
    if kind is Any or kind is object:
        return value
    if kind is Secret:
        return Secret(value not in (None, False))
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return _record(kind, value, at)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return _word(kind, value, at)
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        return _read(arguments[0], value, at)
    if origin is typing.Literal:
        if value in arguments:
            return value
        raise Misfit(f"the field '{at}' must be one of {', '.join(map(str, arguments))}")
    if origin in (typing.Union, types.UnionType):
        return _one_of(arguments, value, at)
    if origin is list or kind is list:
        _must_be(list, "a list", value, at)
        return [_read(arguments[0], item, f"{at}.{index}") for index, item in enumerate(value)] if arguments else value
    if origin is dict or kind is dict:
        _must_be(dict, "an object", value, at)
        return {key: _read(arguments[1], item, f"{at}.{key}") for key, item in value.items()} if arguments else value
    return _scalar(kind, value, at)


def _record(kind: Any, value: Any, at: str) -> Any:
    _must_be(dict, "an object", value, at)
    hints = typing.get_type_hints(kind)
    given = {}
    for field in dataclasses.fields(kind):
        if not field.init:
            continue
        name = f"{at}.{field.name}" if at else field.name
        optional = field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING
        found = value.get(field.name)
        if found is None and optional:
            continue
        if found is None and field.name not in value and not _takes_none(hints[field.name]):
            raise Misfit(f"the field '{name}' is missing")
        given[field.name] = _read(hints[field.name], found, name)
    return kind(**given)


def _takes_none(kind: Any) -> bool:
    return kind in (None, Any, object, Secret, type(None)) or type(None) in typing.get_args(kind)


def _word(kind: Any, value: Any, at: str) -> Any:
    try:
        return kind(value)
    except ValueError:
        words = ", ".join(str(item.value) for item in kind)
        raise Misfit(f"the field '{at}' must be one of {words}") from None


def _one_of(kinds: tuple[Any, ...], value: Any, at: str) -> Any:
    if value is None and type(None) in kinds:
        return None
    failure = Misfit(f"the field '{at}' is of a type that is not expected")
    for kind in kinds:
        if kind is not type(None):
            try:
                return _read(kind, value, at)
            except Misfit as error:
                failure = error
    raise failure


_NAMES = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}


def _scalar(kind: Any, value: Any, at: str) -> Any:
    is_flag = isinstance(value, bool)
    if kind is float and isinstance(value, int) and not is_flag:
        return float(value)
    if kind is int and isinstance(value, float) and value.is_integer():
        return int(value)
    if kind in _NAMES and (not isinstance(value, kind) or (is_flag and kind is not bool)):
        raise Misfit(f"the field '{at}' must be {_NAMES[kind]}" if at else f"it must be {_NAMES[kind]}")
    return value


def _must_be(kind: type, name: str, value: Any, at: str) -> None:
    if not isinstance(value, kind):
        raise Misfit(f"the field '{at}' must be {name}" if at else f"it must be {name}")


def of_host(what: str, text: str, kind: type[T] | None) -> T:
    """What the panel gave. Where it does not fit, the module is at fault; `what` names it in the log."""
    try:
        return read(kind, loads(text))
    except ValueError as error:
        log.error(f"read {what}", None, str(error))
        raise Problem.internal(f"The module does not understand its {what}.") from None


def of_form(text: str, kind: type[T] | None) -> T:
    """What somebody typed. Where it does not fit, that is the input's fault."""
    try:
        return read(kind, loads(text))
    except ValueError as error:
        raise Problem(422, f"The form does not fit this module: {error}.") from None


def of_fields(fields: Mapping[str, str], kind: type[T]) -> T:
    """Fields of a form, which are all text, as what the fields of `kind` are; an empty one as none."""
    if not dataclasses.is_dataclass(kind):
        raise TypeError("a form is read as a dataclass")
    hints = typing.get_type_hints(kind)
    given = {name: _typed(hints[name], text, name) for name, text in fields.items() if name in hints}
    try:
        return read(kind, given)
    except ValueError as error:
        text = str(error)
        raise Problem(422, f"{text[:1].upper()}{text[1:]}.") from None


def _typed(kind: Any, text: str, name: str) -> Any:
    kinds = [one for one in typing.get_args(kind) if one is not type(None)] or [kind]
    if _takes_none(kind) and not text.strip():
        return None
    if bool in kinds:
        return text in ("1", "on", "true", "yes")
    for number in (int, float):
        if number in kinds:
            try:
                return number(text.strip())
            except ValueError:
                raise Problem(422, f"The field '{name}' must be {_NAMES[number]}.") from None
    return text


def overlay(text: str, typed: Any) -> str:
    """The document with `typed` over it: fields that the type does not know stay, and an optional one that was not given does not
    become a null."""
    fields = loads(text) or {}
    for key, value in (plain(typed) or {}).items():
        if value is not None or key in fields:
            fields[key] = value
    return dumps(fields)


def filled(text: str, kind: type | None, get: Callable[[Any], Any]) -> str:
    """The document as its form is to show it, with the defaults that `kind` knows filled in. One that does not fit is given back as it
    is, to be corrected."""
    try:
        form = read(kind, loads(text) or {})
    except ValueError:
        return text
    return overlay(text, get(form))
