"""What crosses the contract, as modules see it."""

from __future__ import annotations

import enum
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from caisson import _host, forms
from caisson.problem import Problem

T = TypeVar("T")


class ProvisionStatus(enum.Enum):
    """Where a service stands with its provider."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    ERROR = "error"
    SUSPENDED = "suspended"
    PAUSE = "pause"
    TERMINATED = "terminated"

    def _to_host(self) -> Any:
        return getattr(_host.part("types").ProvisionStatus, self.name)


@dataclass(frozen=True)
class Money:
    """An amount in the currency's smallest unit, and its ISO 4217 code."""

    minor: int
    currency: str

    @classmethod
    def _of(cls, raw: Any) -> Money:
        return cls(raw.minor, raw.currency)

    def _to_host(self) -> Any:
        return _host.make("types", "Money", minor=self.minor, currency=self.currency)


@dataclass(frozen=True)
class Client:
    id: str
    email: str
    name: str
    locale: str
    currency: str

    @classmethod
    def _of(cls, raw: Any) -> Client:
        return cls(raw.id, raw.email, raw.name, raw.locale, raw.currency)


@dataclass(frozen=True)
class Service:
    """A service as its module sees it."""

    id: str
    client: Client
    product_id: str
    status: ProvisionStatus
    product_json: str = "{}"
    service_json: str = "{}"

    @classmethod
    def _of(cls, raw: Any) -> Service:
        status = ProvisionStatus[raw.status.name]
        return cls(raw.id, Client._of(raw.client), raw.product_id, status, raw.product_data, raw.service_data)

    def product_data(self, kind: type[T] | None = None) -> T:
        """Product configuration, as `save_product_data` left it: a dictionary, or a dataclass that is named."""
        return forms.of_host("product data", self.product_json, kind)

    def service_data(self, kind: type[T] | None = None) -> T:
        """What was ordered, and what `services.set_data` stored since."""
        return forms.of_host("service data", self.service_json, kind)


@dataclass(frozen=True)
class Actor:
    """Who is behind a request; `permissions` are this module's keys only."""

    role: str
    id: str | None
    permissions: Sequence[str]
    locale: str


@dataclass(frozen=True)
class Request:
    """A request that reached the module through the panel."""

    method: str
    path: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    actor: Actor = Actor("anonymous", None, (), "en")

    @classmethod
    def _of(cls, raw: Any) -> Request:
        def pairs(parameters: Any) -> dict[str, str]:
            found: dict[str, str] = {}
            for one in parameters:
                found.setdefault(one.name, one.value)
            return found

        headers = {one.name.lower(): one.value for one in reversed(raw.headers)}
        actor = Actor(raw.actor.role.name.lower(), raw.actor.id, raw.actor.permissions, raw.actor.locale)
        method = raw.method.name
        return cls(method, raw.path, pairs(raw.params), pairs(raw.query), pairs(raw.form), headers, raw.body, actor)

    def header(self, name: str) -> str | None:
        """The first header of that name, whatever its case."""
        return self.headers.get(name.lower())

    def form_as(self, kind: type[T]) -> T:
        """The whole form as a dataclass: text is read as what its fields are. 422 names the first field that does not read."""
        return forms.of_fields(self.form, kind)

    def json(self, kind: type[T] | None = None) -> T:
        """The JSON body; 422 where it is none, or not of that type."""
        try:
            return forms.read(kind, json.loads(self.body))
        except ValueError as error:
            raise Problem(422, f"The body is not what was expected: {error}.") from None

    def may(self, permission: str) -> bool:
        """Whether the person behind the request holds one of this module's permissions."""
        return permission in self.actor.permissions


@dataclass(frozen=True)
class View:
    """A template of the module's own `views/`, without its extension, and what it shows."""

    template: str
    data: Any = field(default_factory=dict)

    def _to_host(self) -> Any:
        return _host.make("types", "View", template=self.template, data=forms.dumps(self.data))


@dataclass(frozen=True)
class Response:
    """What a request is answered with; the functions make the usual ones."""

    body: tuple[str, Any]
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def empty(cls) -> Response:
        return cls(("Empty", None), 204)

    @classmethod
    def view(cls, template: str, data: Any = None, status: int = 200) -> Response:
        """A template, rendered in the panel's frame."""
        return cls(("View", View(template, {} if data is None else data)), status)

    @classmethod
    def json(cls, value: Any, status: int = 200) -> Response:
        return cls(("Json", forms.dumps(value)), status)

    @classmethod
    def text(cls, text: str, status: int = 200) -> Response:
        """Plain text. Answering a client's action, it is the message shown above the tab."""
        return cls(("Text", text), status)

    @classmethod
    def blob(cls, content_type: str, content: bytes) -> Response:
        """Bytes to download."""
        return cls(("Blob", (content_type, content)))

    @classmethod
    def redirect(cls, to: str) -> Response:
        """303 to a path below the module's own prefix, or to a URL of a granted host."""
        return cls(("Redirect", to), 303)

    @classmethod
    def of(cls, answer: Any) -> Response:
        """What a function answered: a response, a view, a text, nothing, or anything that JSON can hold."""
        if isinstance(answer, Response):
            return answer
        if isinstance(answer, View):
            return cls(("View", answer))
        if isinstance(answer, str):
            return cls.text(answer)
        return cls.empty() if answer is None else cls.json(answer)

    def _to_host(self) -> Any:
        name, value = self.body
        if name == "Empty":
            body = _host.make("types", "Body_Empty")
        elif name == "View":
            body = _host.make("types", "Body_View", value._to_host())
        elif name == "Blob":
            blob = _host.make("types", "Blob", content_type=value[0], bytes=value[1])
            body = _host.make("types", "Body_Blob", blob)
        else:
            body = _host.make("types", f"Body_{name}", value)
        headers = [_host.make("types", "Header", name=key, value=text) for key, text in self.headers.items()]
        return _host.make("types", "Response", status=self.status, headers=headers, body=body)


@dataclass(frozen=True)
class Job:
    """A queued or scheduled job. `attempt` is 1 on the first try; a try that was lost with its worker counts too."""

    id: str
    method: str
    payload_json: str = "null"
    attempt: int = 1
    service: Service | None = None

    @classmethod
    def _of(cls, raw: Any) -> Job:
        service = None if raw.service is None else Service._of(raw.service)
        return cls(raw.id, raw.method, raw.payload, raw.attempt, service)

    def payload(self, kind: type[T] | None = None) -> T:
        """What the task was queued with."""
        return forms.of_host("job", self.payload_json, kind)


@dataclass(frozen=True)
class Event:
    """Something happened. `id` stays the same when the event is delivered again."""

    id: str
    name: str
    payload_json: str = "{}"

    @classmethod
    def _of(cls, raw: Any) -> Event:
        return cls(raw.id, raw.name, raw.payload)

    def payload(self, kind: type[T] | None = None) -> T:
        """What the event carries."""
        return forms.of_host("event", self.payload_json, kind)


@dataclass(frozen=True)
class Veto:
    """Answer it to an event that is asked before the fact, and the fact does not come about."""

    reason: str


@dataclass(frozen=True)
class Metric:
    """What a service uses, measured at `at` (milliseconds since the Unix epoch; now, where nothing is said)."""

    name: str
    value: float
    unit: str
    at: int | None = None


@dataclass(frozen=True)
class Attachment:
    name: str
    content_type: str
    content: bytes

    @classmethod
    def _of(cls, raw: Any) -> Attachment:
        return cls(raw.name, raw.content.content_type, raw.content.bytes)

    def _to_host(self, interface: str) -> Any:
        blob = _host.make("types", "Blob", content_type=self.content_type, bytes=self.content)
        return _host.make(interface, "Attachment", name=self.name, content=blob)


@dataclass(frozen=True)
class Invoice:
    """`due` is what a payment may come to: nothing, once the invoice takes none."""

    id: str
    number: str
    status: str
    total: Money
    due: Money
    client: Client
    description: str

    @classmethod
    def _of(cls, raw: Any) -> Invoice:
        status, total, due = raw.status.name.lower(), Money._of(raw.total), Money._of(raw.due)
        return cls(raw.id, raw.number, status, total, due, Client._of(raw.client), raw.description)


@dataclass(frozen=True)
class Gateway:
    """A gateway of a payment module, and where it may send people and callbacks."""

    id: str
    settings_json: str
    webhook_url: str
    return_url: str
    cancel_url: str

    @classmethod
    def _of(cls, raw: Any) -> Gateway:
        return cls(raw.id, raw.settings, raw.webhook_url, raw.return_url, raw.cancel_url)

    def settings(self, kind: type[T] | None = None) -> T:
        return forms.of_host("gateway settings", self.settings_json, kind)


@dataclass(frozen=True)
class Verification:
    """What the host found when it checked a callback: `verified`, `failed` with its reason, or `undeclared`."""

    state: str
    reason: str = ""

    @classmethod
    def _of(cls, raw: Any) -> Verification:
        name, reason = _host.case(raw)
        return cls(name.lower(), reason or "")

    def __bool__(self) -> bool:
        return self.state == "verified"


@dataclass(frozen=True)
class Channel:
    """A channel of a notification module. `callback_url` is there where the manifest has a `[webhook]`."""

    id: str
    settings_json: str = "{}"
    callback_url: str | None = None

    @classmethod
    def _of(cls, raw: Any) -> Channel:
        return cls(raw.id, raw.settings, raw.callback_url)

    def settings(self, kind: type[T] | None = None) -> T:
        return forms.of_host("channel settings", self.settings_json, kind)


@dataclass(frozen=True)
class Message:
    """What to deliver. `id` stays the same when it is sent again.

    `sender` is the module that says it, `event` its own name for what happened; `for_client` tells messages to clients from those to staff.
    `to` is an e-mail address, `phone` a number in E.164, where there is one.
    """

    id: str
    to: str
    subject: str
    text: str
    html: str | None = None
    attachments: Sequence[Attachment] = ()
    data_json: str = "{}"
    sender: str = ""
    event: str = ""
    for_client: bool = False
    phone: str | None = None

    @classmethod
    def _of(cls, raw: Any) -> Message:
        attachments = [Attachment._of(one) for one in raw.attachments]
        said = (raw.subject, raw.text, raw.html, attachments, raw.data, raw.sender, raw.event)
        return cls(raw.id, raw.to, *said, for_client=raw.audience.name == "CLIENT", phone=raw.phone)


@dataclass(frozen=True)
class Delivery:
    """`delivered` where the message is known to have arrived, `skipped` where the channel is not for it by its own settings; accepted
    otherwise. `reference` is the provider's own id of it."""

    reference: str | None = None
    delivered: bool = False
    skipped: bool = False


@dataclass(frozen=True)
class Report:
    """What a provider says of a message, by the id that this had: `fate` is `accepted`, `delivered` or `failed`; `reason` is for staff."""

    message: str
    fate: str
    reason: str | None = None

    def _to_host(self) -> Any:
        fate = getattr(_host.part("notification").Fate, self.fate.upper())
        return _host.make("notification", "Report", message=self.message, fate=fate, reason=self.reason)
