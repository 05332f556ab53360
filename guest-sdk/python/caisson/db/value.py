"""Values of columns, there and back."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import json
import uuid
from typing import Any

from caisson import _host, forms

Decimal = decimal.Decimal


def to_host(value: Any) -> Any:
    """Text goes for UUIDs, dates, IP addresses and JSON too: the column says what it is. Lists, dictionaries and dataclasses are
    documents."""
    if isinstance(value, enum.Enum):
        value = value.value
    if value is None:
        return _case("Null")
    if isinstance(value, bool):
        return _case("Boolean", value)
    if isinstance(value, int):
        return _case("Integer", value)
    if isinstance(value, float):
        return _case("Real", value)
    if isinstance(value, str):
        return _case("Text", value)
    if isinstance(value, (bytes, bytearray)):
        return _case("Bytes", bytes(value))
    if isinstance(value, decimal.Decimal):
        return _case("Decimal", format(value, "f"))
    if isinstance(value, uuid.UUID):
        return _case("Uuid", str(value))
    if isinstance(value, datetime.datetime):
        return _case("Timestamp", _milliseconds(value))
    if isinstance(value, datetime.date):
        return _case("Date", value.isoformat())
    return _case("Json", forms.dumps(value))


def of_host(value: Any) -> Any:
    """Documents as what is in them, decimals as `Decimal`, moments as milliseconds."""
    name, content = _host.case(value)
    if name == "Null":
        return None
    if name == "Json":
        return json.loads(content)
    return decimal.Decimal(content) if name == "Decimal" else content


def columns_of(row: Any) -> dict[str, Any]:
    """The fields of a dataclass or a dictionary as columns; a dataclass's `id` that is none is left to the table."""
    if dataclasses.is_dataclass(row) and not isinstance(row, type):
        fields = {field.name: getattr(row, field.name) for field in dataclasses.fields(row)}
        return {name: value for name, value in fields.items() if name != "id" or value is not None}
    return dict(row)


def _milliseconds(moment: datetime.datetime) -> int:
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone, such as datetime.now(timezone.utc)")
    return int(moment.timestamp() * 1000)


def _case(name: str, *value: Any) -> Any:
    return _host.make("database", f"Value_{name}", *value)
