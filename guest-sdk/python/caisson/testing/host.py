"""The panel in memory."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from caisson import _host, exports, forms
from caisson.problem import Problem
from caisson.testing.contract import Part, Record, Word
from caisson.testing.tables import Tables


@dataclass(frozen=True)
class Sent:
    """A request that reached the network. `credential` is the kind and the setting, such as `("Bearer", "api_key")`."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    credential: tuple[str, Any]

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes = b""
    headers: Mapping[str, str] | None = None


def reply(status: int, body: Any = None, headers: Mapping[str, str] | None = None) -> Reply:
    """What a provider answers: bytes or text as they are, anything else as JSON."""
    content = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else forms.dumps(body).encode()
    return Reply(status, content, headers)


def service(id: str = "s1", *, product_data: Any = None, service_data: Any = None, status: str = "pending") -> Record:
    """A service as the panel hands it to a module."""
    client = Record(id="c1", email="jo@example.org", name="Jo", locale="en", currency="EUR")
    return Record(
        id=id,
        client=client,
        product_id="p1",
        status=Word(status.upper()),
        product_data=forms.dumps(product_data or {}),
        service_data=forms.dumps(service_data or {}),
    )


def request(method: str = "GET", *, form: Mapping[str, str] | None = None, body: bytes = b"", **query: str) -> Record:
    """A request as the panel hands it to a module."""
    pairs = lambda of: [Record(name=name, value=value) for name, value in of.items()]
    actor = Record(role=Word("CLIENT"), id="c1", permissions=[], locale="en")
    texts = {"method": Word(method), "path": "", "params": [], "headers": [], "body": body, "actor": actor}
    return Record(query=pairs(query), form=pairs(form or {}), **texts)


class Host:
    """Answers the module while the `with` block lasts, and keeps what it did."""

    def __init__(self, *, settings: Mapping[str, Any] | None = None, config: Mapping[str, Any] | None = None) -> None:
        self.settings = dict(settings or {})
        self.config = dict(config or {})
        self.tables = Tables()
        self.cache: dict[str, Any] = {}
        self.requests: list[Sent] = []
        self.tasks: list[Any] = []
        self.statuses: dict[str, str] = {}
        self.data: dict[str, dict[str, Any]] = {}
        self.events: list[tuple[str, Any]] = []
        self.notified: list[tuple[str, str, Any]] = []
        self.mails: list[Any] = []
        self.payments: list[Any] = []
        self.log: list[tuple[str, str, Any, Any]] = []
        self.rejects: dict[str, str] = {}
        self._ids = itertools.count(1)
        self._network: Callable[[Sent], Reply | Exception] = lambda request: reply(404)

    def on_http(self, answer: Callable[[Sent], Reply | Exception]) -> None:
        """Answers requests from here on. `host.refused("Connect")` is an answer that never came."""
        self._network = answer

    def refused(self, case: str, *value: Any, interface: str = "http") -> Exception:
        """The error of a host function, such as `refused("Timeout")`."""
        return _host.Err(_host.make(interface, f"Error_{case}", *value))

    def __enter__(self) -> Self:
        self._before = _host.use(self._parts())
        return self

    def __exit__(self, *_: object) -> None:
        _host.use(self._before)

    def run_job(self, method: str, service: Record | None = None, payload: Any = None, attempt: int = 1) -> Any:
        """Runs a job as the queue does; raises the `Problem` that its task would end with."""
        job = Record(id="t1", method=method, payload=forms.dumps(payload), attempt=attempt, service=service)
        return json.loads(self.call(exports.Jobs().run, job))

    def open_tab(self, key: str, service: Record, request_: Record | None = None) -> Any:
        """What the template of a tab would be given."""
        return json.loads(self.call(exports.ClientArea().variables, key, service, request_ or request()))

    def act(self, key: str, service: Record, request_: Record | None = None) -> Record:
        """What an action of a tab is answered with: `status`, and `body` with its `value`."""
        return self.call(exports.ClientArea().handle, key, service, request_ or request("POST"))

    def tell(self, name: str, payload: Any) -> Record:
        """Delivers an event, and gives the verdict."""
        return self.call(exports.Hooks().on_event, Record(id="e1", name=name, payload=forms.dumps(payload)))

    @staticmethod
    def call(function: Callable[..., Any], *arguments: Any) -> Any:
        """Any export, such as `exports.Product().save_service_data`; raises the `Problem` that it answers."""
        try:
            return function(*arguments)
        except _host.Err as error:
            raw = error.value
            raise Problem(raw.code, raw.message, [(one.field, one.message) for one in raw.errors]) from None

    def _parts(self) -> dict[str, Any]:
        crypto = {
            "random": lambda length: bytes(next(self._ids) % 256 for _ in range(length)),
            "password": lambda length: ("aB3!" * length)[:length],
            "uuid": lambda: f"00000000-0000-7000-8000-{next(self._ids):012x}",
            "digest": lambda algorithm, data: hashlib.new(algorithm.name.lower(), data).digest(),
            "equal": lambda a, b: a == b,
            "encrypt": lambda plain: plain[::-1],
            "decrypt": lambda sealed: sealed[::-1],
        }
        return {
            "types": Part(),
            "hooks": Part(),
            "product": Part(),
            "notification": Part(),
            "config": Part(get=self._config, has=lambda key: self._config(key) is not None),
            "log": Part(emit=self._emit),
            "http": Part(send=self._send),
            "database": self.tables.part(),
            "cache": Part(get=self._cached, set=self._cache, add=self._cache_add, increment=self._count, forget=self._forget),
            "tasks": Part(add=self._queue, cancel=lambda id: None, progress=lambda *_: None, schedule=lambda *_: None),
            "services": Part(set_provision_status=self._status, set_provision_data=self._data),
            "events": Part(dispatch=self._dispatch),
            "notifications": Part(notify=self._notify),
            "mail": Part(send=self._mail),
            "i18n": Part(translate=lambda key, arguments, locale: f"{key} {arguments}"),
            "validation": Part(validate=self._validate),
            "crypto": Part(**crypto),
            "probe": Part(connect=lambda *_: 7, certificate=lambda *_: 90),
            "payments": Part(record_payment=self._pay),
        }

    def _config(self, key: str) -> str | None:
        of = self.settings if key.startswith("settings.") else self.config
        found = of.get(key.removeprefix("settings."))
        return None if found is None else json.dumps(found)

    def _emit(self, level: Word, action: str, asked: str, answered: str) -> None:
        self.log.append((level.name.lower(), action, json.loads(asked), json.loads(answered)))

    def _send(self, raw: Any) -> Record:
        headers = {one.name: one.value for one in raw.headers}
        kind = type(raw.credential).__name__.removeprefix("Credential_").rstrip("_")
        sent = Sent(raw.method.name, raw.url, headers, raw.body, (kind, getattr(raw.credential, "value", None)))
        self.requests.append(sent)
        answer = self._network(sent)
        if isinstance(answer, Exception):
            raise answer
        pairs = [Record(name=name, value=value) for name, value in (answer.headers or {}).items()]
        return Record(status=answer.status, headers=pairs, body=answer.body, url=raw.url)

    def _cached(self, key: str) -> str | None:
        return None if key not in self.cache else json.dumps(self.cache[key])

    def _cache(self, key: str, value: str, seconds: int, tags: list[str]) -> None:
        self.cache[key] = json.loads(value)

    def _cache_add(self, key: str, value: str, seconds: int) -> bool:
        if key in self.cache:
            return False
        self.cache[key] = json.loads(value)
        return True

    def _count(self, key: str, by: int, seconds: int) -> int:
        self.cache[key] = self.cache.get(key, 0) + by
        return self.cache[key]

    def _forget(self, key: str) -> None:
        self.cache.pop(key, None)

    def _queue(self, method: str, payload: str, options: Any) -> str:
        id = f"t{next(self._ids)}"
        self.tasks.append(Record(id=id, method=method, payload=json.loads(payload), options=options))
        if options.service is not None and options.status is not None:
            self.statuses[options.service] = options.status.name.lower()
        return id

    def _status(self, id: str, status: Word, message: str | None) -> None:
        self.statuses[id] = status.name.lower()

    def _data(self, id: str, data: str) -> None:
        merged = {**self.data.get(id, {}), **json.loads(data)}
        self.data[id] = {key: value for key, value in merged.items() if value is not None}

    def _dispatch(self, name: str, payload: str) -> str:
        self.events.append((name, json.loads(payload)))
        return f"e{next(self._ids)}"

    def _notify(self, to: Any, event: str, data: str) -> None:
        self.notified.append((to.value, event, json.loads(data)))

    def _validate(self, data: str, rules: list[Any]) -> str:
        """Judges nothing but what `rejects` says, by field."""
        make = lambda field: _host.make("types", "FieldError", field=field, message=self.rejects[field])
        errors = [make(rule.field) for rule in rules if rule.field in self.rejects]
        if errors:
            raise _host.Err(_host.make("validation", "Error_Rejected", errors))
        named = {rule.field.split(".")[0] for rule in rules}
        return json.dumps({key: value for key, value in json.loads(data).items() if key in named})

    def _mail(self, server: Any, message: Any) -> str:
        self.mails.append(message)
        return "250 OK"

    def _pay(self, payment: Any) -> Word:
        known = any(one.transaction == payment.transaction for one in self.payments)
        if not known:
            self.payments.append(payment)
        return Word("ALREADY_RECORDED" if known else "RECORDED")
