"""What a module is: a class with a function for each thing that the panel may ask of it.

    @product
    class Mailbox(ProductModule):
        @job("create")
        def create_mailbox(self, service): ...

        @tab("overview")
        def overview(self, service, request): ...

Functions with a decorator may have any name; what each is given stands at the decorator. The others are the methods of the base
class, and every one of them has a default.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, TypeVar, overload

from caisson import verb
from caisson.problem import Problem
from caisson.tasks import Options
from caisson.values import (
    Channel,
    Delivery,
    Gateway,
    Invoice,
    Job,
    Message,
    Metric,
    Money,
    Report,
    Request,
    Response,
    Service,
    Verification,
    View,
)

F = TypeVar("F", bound=Callable[..., Any])
M = TypeVar("M", bound="Module")

_MARKS = "_caisson_marks"


def _mark(kind: str, key: str) -> Callable[[F], F]:
    def mark(function: F) -> F:
        function.__dict__.setdefault(_MARKS, []).append((kind, key))
        return function

    return mark


def job(method: str) -> Callable[[F], F]:
    """Runs a queued or scheduled job: `(self, job)`, and what it gives is kept with the task.

    The jobs of verbs, `create`, `suspend`, `unsuspend` and `terminate`, are given the service: `(self, service)`, and
    `change-package` the product data before as well: `(self, service, previous)`. A job does its work idempotently: it may run
    again after a failure or a lost worker. When a verb's job ends, the provision status becomes what the verb leads to, unless the
    job has set another.
    """
    return _mark("job", method)


def tab(key: str) -> Callable[[F], F]:
    """What the template of a client's tab shows: `(self, service, request)`, gives a dictionary or a dataclass."""
    return _mark("tab", key)


def action(key: str) -> Callable[[F], F]:
    """A request of a client's tab: `(self, service, request)`; of a payment form: `(self, request)`. Gives a `Response`, a `View`,
    a text that is shown above the tab, or anything that JSON can hold."""
    return _mark("action", key)


def button(key: str) -> Callable[[F], F]:
    """A button that `[[actions]]` declares: `(self, service)`, gives the text that is shown, or nothing."""
    return _mark("button", key)


def route(name: str) -> Callable[[F], F]:
    """A page or API request in the administration area: `(self, request)`; answers are as those of `action`."""
    return _mark("route", name)


def on(event: str) -> Callable[[F], F]:
    """An event that the manifest subscribes to: `(self, event)`. It may be delivered again, with the same id. Answer a `Veto` to
    one that is asked before the fact, and it does not come about."""
    return _mark("event", event)


class Module:
    """What every module can do, whatever its type."""

    #: The settings form as a dataclass; dictionaries where nothing is named. A secret's type is `Secret`.
    Settings: ClassVar[type | None] = None

    #: Functions by what they are for; filled in when the class is made.
    _functions: ClassVar[dict[tuple[str, str], str]] = {}

    def __init_subclass__(cls) -> None:
        functions = dict(cls._functions)
        own: dict[tuple[str, str], str] = {}
        for name, member in vars(cls).items():
            for mark in getattr(member, _MARKS, ()):
                if mark in own:
                    raise TypeError(f"{cls.__name__} has two functions for the {mark[0]} '{mark[1]}': {own[mark]} and {name}")
                own[mark] = name
        cls._functions = {**functions, **own}

    def _find(self, kind: str, key: str) -> Callable[..., Any] | None:
        name = self._functions.get((kind, key))
        return None if name is None else getattr(self, name)

    def _need(self, kind: str, key: str, what: str) -> Callable[..., Any]:
        found = self._find(kind, key)
        if found is None:
            raise Problem.not_found(f"This module has no {what} '{key}'.")
        return found

    def activate(self) -> None:
        """Prepares what the module needs. A problem leaves it inactive. Idempotent, as are the next two."""

    def deactivate(self) -> None:
        """Lets go of what is outside; the module's data stays."""

    def update(self, from_version: str) -> None:
        """Brings data of an older version up to this one."""

    def save_settings(self, settings: Any) -> Any:
        """Checks and normalises the settings form, and gives it back."""
        return settings

    def settings_page(self, settings: Any) -> View | None:
        """What stands under the settings form."""

    def test_connection(self, settings: Any) -> str:
        """Tries the settings out, saved or not, as `config` and secrets answer during this call. The text is shown."""
        raise Problem.unsupported("This module has no connection to test.")

    def _run(self, job: Job) -> Any:
        return self._need("job", job.method, "job")(job)


class ProductModule(Module):
    """A module that sells services.

    Each verb (`create`, `suspend` …) queues a task and returns; the task runs the function with `@job("create")` …. Override a verb
    itself only where there is nothing to wait for.
    """

    #: The product form, and what is ordered and stored of a service, as dataclasses; dictionaries where nothing is named.
    ProductData: ClassVar[type | None] = None
    ServiceData: ClassVar[type | None] = None

    def get_product_data(self, data: Any) -> Any:
        """What the product form shows of what is stored, such as a name in place of an id; `save_product_data` leads back."""
        return data

    def save_product_data(self, data: Any) -> Any:
        """Checks and normalises the product form, and gives it back; `Problem.invalid` refuses it."""
        return data

    def product_page(self, data: Any) -> View | None:
        """What stands under the product form."""

    def get_service_data(self, data: Any) -> Any:
        """What the order form begins with."""
        return data

    def save_service_data(self, data: Any) -> Any:
        """Checks and normalises what a client ordered, and gives it back; `Problem.invalid` refuses it."""
        return data

    def service_page(self, service: Service) -> View | None:
        """The module's part of the service page in the administration area."""

    def tune_task(self, verb: str, options: Options) -> Options:
        """Changes how a verb's task is queued: tries, backoff, time-out."""
        return options

    def create(self, service: Service) -> None:
        verb.queue(self, "create", service)

    def suspend(self, service: Service) -> None:
        verb.queue(self, "suspend", service)

    def unsuspend(self, service: Service) -> None:
        verb.queue(self, "unsuspend", service)

    def terminate(self, service: Service) -> None:
        verb.queue(self, "terminate", service)

    def change_package(self, service: Service, previous: Any) -> None:
        """Makes the service what `service.product_data` already says; `previous` is the package before."""
        verb.queue_change(self, service, previous)

    def single_sign_on(self, service: Service) -> str:
        """A URL that signs the client in at the provider."""
        raise Problem.unsupported("This module cannot sign anybody in.")

    def usage(self, service: Service) -> list[Metric]:
        """What the service uses now."""
        return []

    def _run(self, job: Job) -> Any:
        return verb.run(self, job) if job.method in verb.LEADS_TO else super()._run(job)


class PaymentModule(Module):
    """A module that takes money for invoices."""

    def checkout(self, gateway: Gateway, invoice: Invoice) -> View:
        """What the client sees to pay."""
        raise NotImplementedError

    def webhook(self, gateway: Gateway, request: Request, verification: Verification) -> Response:
        """A callback of the gateway. Act on what is verified only."""
        raise NotImplementedError

    def returned(self, gateway: Gateway, request: Request) -> Response:
        """The client came back from the gateway."""
        raise NotImplementedError

    def reconcile(self, gateway: Gateway, invoice: Invoice) -> None:
        """Asks the gateway how an open invoice stands, and records it."""
        raise Problem.unsupported("This gateway cannot be asked about a payment.")

    def charge(self, gateway: Gateway, invoice: Invoice, token: str) -> str:
        """Charges a stored method; gives the transaction's id."""
        raise Problem.unsupported("This gateway stores no payment methods.")

    def refund(self, gateway: Gateway, transaction: str, amount: Money) -> str:
        """Pays back; gives the refund's id at the gateway."""
        raise Problem.unsupported("This gateway cannot pay back.")


class NotificationModule(Module):
    """A module that delivers messages."""

    def send(self, channel: Channel, message: Message) -> Delivery:
        """Delivers one message. Codes 429 and 5xx are tried again with the same `message.id`; others are final."""
        raise NotImplementedError

    def callback(self, channel: Channel, request: Request) -> Sequence[Report]:
        """The provider says at `channel.callback_url` what became of messages; the host has verified it as the manifest's `[webhook]` says."""
        raise Problem.unsupported("This channel takes no callbacks.")


class PluginModule(Module):
    """A module that extends the panel: pages, jobs, schedules and events."""


_BASES: dict[str, type[Module]] = {
    "product": ProductModule,
    "payment": PaymentModule,
    "notification": NotificationModule,
    "plugin": PluginModule,
}

#: What a type of module cannot do without: methods to override.
_MUST = {"payment": ("checkout", "webhook", "returned"), "notification": ("send",)}
#: The same for decorated functions.
_MUST_RUN = {"product": ("create", "terminate")}

_the_module: list[tuple[str, Module]] = []


def _declare(kind: str, module: type[M]) -> type[M]:
    base = _BASES[kind]
    if not issubclass(module, base):
        raise TypeError(f"@{kind} stands above a class that derives from {base.__name__}; {module.__name__} does not")
    if _the_module:
        raise TypeError(f"a component is one module: {type(_the_module[0][1]).__name__} and {module.__name__} are two")
    for name in _MUST.get(kind, ()):
        if getattr(module, name) is getattr(base, name):
            raise TypeError(f"{module.__name__} needs a method {name}")
    for verb_name in _MUST_RUN.get(kind, ()):
        if ("job", verb_name) not in module._functions and getattr(module, verb_name) is getattr(base, verb_name):
            raise TypeError(f'{module.__name__} needs a function with @job("{verb_name}")')
    _the_module.append((kind, module()))
    return module


def product(module: type[M]) -> type[M]:
    """Makes a class the component's module, as do the next three."""
    return _declare("product", module)


def payment(module: type[M]) -> type[M]:
    return _declare("payment", module)


def notification(module: type[M]) -> type[M]:
    return _declare("notification", module)


def plugin(module: type[M]) -> type[M]:
    return _declare("plugin", module)


@overload
def the_module() -> Module: ...
@overload
def the_module(kind: type[M]) -> M: ...
def the_module(kind: Any = Module) -> Any:
    """The module of this component. Its `kind` is what its decorator made sure of."""
    if not _the_module:
        raise TypeError("no class is the module: put @product, @payment, @notification or @plugin above one")
    return _the_module[0][1]


def kind_of_module() -> str:
    """`product`, `payment`, `notification` or `plugin`."""
    return _the_module[0][0]


def forget_module() -> None:
    """For tests, which declare many."""
    _the_module.clear()
