"""Work for later, in the panel's queue. Grant: `tasks = true`. A queued task comes back to the function with `@job(method)`.

tasks.add("sync", {"page": 1}, service=service.id, tries=5)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from caisson import _host, forms, problem
from caisson.values import ProvisionStatus


@dataclass
class Options:
    """How a task is queued; the panel's defaults where nothing is said."""

    service: str | None = None
    """The id of the service that the task works on. Two tasks of one service never run together."""
    status: ProvisionStatus | None = None
    """The provision status that the service gets in the same transaction."""
    tries: int | None = None
    """How often it may be tried in all; once where nothing is said."""
    backoff: int | None = None
    """Seconds between tries; they grow from try to try."""
    timeout: int | None = None
    """Seconds that one try may take."""
    max_exceptions: int | None = None
    """How many tries may end in a trap or a time-out."""
    delay: int | None = None
    """Seconds to wait before the first try."""
    unique: str | None = None
    """While a task with this key waits or runs, queueing another gives the first one's id."""
    tags: Iterable[str] = ()
    """Words to find the task by."""
    queue: str | None = None
    """A queue other than `default`."""

    def _to_host(self) -> Any:
        return _host.make(
            "tasks",
            "Options",
            queue=self.queue,
            tags=list(self.tags),
            tries=self.tries,
            backoff_s=self.backoff,
            timeout_s=self.timeout,
            max_exceptions=self.max_exceptions,
            delay_s=self.delay,
            unique_key=self.unique,
            service=self.service,
            status=None if self.status is None else self.status._to_host(),
        )


def add(method: str, payload: object = None, options: Options | None = None, **more: Any) -> str:
    """Queues a job and gives the task's id once it is durably stored. `more` are fields of `Options`."""
    how = options if options is not None else Options(**more)
    return problem.call("tasks", "add", method, forms.dumps(payload), how._to_host(), about=method)


def cancel(id: str) -> None:
    """Cancels a task that waits; one that runs finishes. 404 where this module has no such task."""
    problem.call("tasks", "cancel", id, about=id)


def progress(percent: int, message: str) -> None:
    """Says how far the running task is: 0 to 100, and a line for people."""
    problem.call("tasks", "progress", percent, message)


def schedule(name: str, cron: str, method: str, payload: object = None) -> None:
    """Runs a job whenever `cron` (five fields, UTC) says so. The same name replaces; see `unschedule`."""
    problem.call("tasks", "schedule", name, cron, method, forms.dumps(payload), about=name)


def unschedule(name: str) -> None:
    problem.call("tasks", "schedule", name, None, "", "null", about=name)
