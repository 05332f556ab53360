"""A module to try things on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from caisson import ProductModule, job, module, product
from caisson.testing import Host


class Plain(ProductModule):
    """Says what it did, and no more."""

    def __init__(self) -> None:
        self.done: list[Any] = []

    @job("create")
    def make(self, service: Any) -> None:
        self.done.append(("create", service.id))

    @job("terminate")
    def end(self, service: Any) -> None:
        self.done.append(("terminate", service.id))


@contextmanager
def served(kind: type, **options: Any) -> Iterator[Host]:
    """A panel in which `kind` is the module."""
    module.forget_module()
    product(kind)
    try:
        with Host(**options) as host:
            yield host
    finally:
        module.forget_module()
