"""What can be done with a service: each verb is queued as a task, and the task runs the module's job for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caisson import forms, log, services, tasks
from caisson.problem import Problem
from caisson.values import Job, ProvisionStatus, Service

if TYPE_CHECKING:
    from caisson.module import ProductModule

#: Each verb, which is also the name of its job, and the status that it leads to.
LEADS_TO = {
    "create": ProvisionStatus.COMPLETED,
    "suspend": ProvisionStatus.SUSPENDED,
    "unsuspend": ProvisionStatus.COMPLETED,
    "terminate": ProvisionStatus.TERMINATED,
    "change-package": ProvisionStatus.COMPLETED,
}

_CANNOT = {
    "suspend": "This module cannot suspend a service.",
    "unsuspend": "This module cannot resume a service.",
    "change-package": "This module cannot change the package of a service.",
}


def queue(module: ProductModule, verb: str, service: Service, payload: Any = None) -> None:
    """Bound to the service, which is shown as processing from the same moment on, and queued once however often it is asked for.
    Three tries, since a provider that is down is the usual failure."""
    options = tasks.Options(
        service=service.id,
        status=ProvisionStatus.PROCESSING,
        unique=f"{verb}:{service.id}",
        tags=[verb],
        tries=3,
        backoff=10,
    )
    tasks.add(verb, payload, module.tune_task(verb, options))


def queue_change(module: ProductModule, service: Service, previous: Any) -> None:
    """A service that was suspended when the change was asked for is again when the change is done."""
    suspended = service.status is ProvisionStatus.SUSPENDED
    queue(module, "change-package", service, {"previous": previous, "suspended": suspended})


def run(module: ProductModule, job: Job) -> dict[str, Any]:
    """Runs a verb's job and sets the status that it leads to, unless the module has set one."""
    service = job.service
    if service is None:
        raise Problem(400, f"The job '{job.method}' needs a service.")
    try:
        status = _work(module, job, service)
        if service.id not in services._written:
            services.set_status(service.id, status)
    except Problem as problem:
        log.error(job.method, service.id, problem.message)
        raise
    log.info(job.method, service.id, "done")
    return {}


def _work(module: ProductModule, job: Job, service: Service) -> ProvisionStatus:
    work = module._find("job", job.method)
    if work is None:
        raise Problem.unsupported(_CANNOT.get(job.method, f"This module has no job '{job.method}'."))
    status = LEADS_TO[job.method]
    if job.method != "change-package":
        work(service)
        return status
    change = job.payload(dict)
    work(service, forms.of_host("product data", forms.dumps(change["previous"]), module.ProductData))
    return ProvisionStatus.SUSPENDED if change["suspended"] else status
