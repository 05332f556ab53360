"""Checks input against Laravel-style rules that the panel judges, with messages in the reader's language. Needs no grant.

    validate(data, {"name": "required|string|max:253", "ttl": "required|integer|between:60,86400"})

`wit/validation.wit` lists the rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from caisson import _host, forms, problem

T = TypeVar("T")


def validate(
    data: Any,
    rules: Mapping[str, str | tuple[str, str]],
    kind: type[T] | None = None,
) -> T:
    """The fields of `data` that `rules` name; 422 with an error for each field that was rejected.

    A field is dotted, with `*` for each item of a list. Rules that are a pair come with a message to say instead of the panel's words;
    `:attribute` in it is the field's name made readable.
    """
    made = []
    for field, rule in rules.items():
        text, message = (rule, None) if isinstance(rule, str) else rule
        made.append(_host.make("validation", "Rule", field=field, rules=text, message=message))
    checked = problem.call("validation", "validate", forms.dumps(data), made)
    return forms.of_host("validated form", checked, kind)
