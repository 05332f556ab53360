"""Services of this module's products. Grant: `services = true`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from caisson import forms, problem
from caisson.values import ProvisionStatus, Service

#: Services whose status this call has set. An instance lives for one call.
_written: set[str] = set()


def get(id: str) -> Service:
    """The service as it is now; 404 where the id is of no service of this module."""
    return Service._of(problem.call("services", "get", id, about=id))


def each(status: ProvisionStatus | None = None) -> Iterator[Service]:
    """Every service of this module, oldest first, or those of one status. Fetched page by page as the iterator goes on."""
    after: str | None = None
    wanted = None if status is None else status._to_host()
    while True:
        page = problem.call("services", "list", wanted, after)
        yield from map(Service._of, page.items)
        after = page.next
        if after is None:
            return


def set_status(id: str, status: ProvisionStatus, message: str | None = None) -> None:
    """Sets where a service stands with its provider; `message` is for staff and stands on its page until the next status."""
    problem.call("services", "set_provision_status", id, status._to_host(), message, about=id)
    _written.add(id)


def set_data(id: str, data: Any = None, /, **more: Any) -> None:
    """Merges fields into the service's data; `None` removes one. Durable when it returns: mint ids and passwords, store them here,
    then call the provider, and a second try finds the first one's names."""
    fields = {**(forms.plain(data) or {}), **more}
    problem.call("services", "set_provision_data", id, forms.dumps(fields), about=id)
