"""Requests to a provider. Grant: a `[[capabilities.http]]` line that covers the host.

    api = http.Client.of_setting("api_base", bearer="api_key")
    answer = api.post("mailboxes", json={"address": address}, idempotency_key=service.id)
    answer.expect().json()

    http.get("https://api.example.com/ping", bearer="api_key").json()

A secret is named by its setting: the host puts the value in, towards the granted host only, and the module never sees it. A
request that may be sent twice (all but POST and PATCH, unless they have an idempotency key) is sent again once where the connection
broke or the provider answered 502 to 504.

An answer of any status is an answer. `expect` raises the usual problem of what is no success.
"""

from __future__ import annotations

import json as _json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from caisson import _host, config, forms, log, problem
from caisson.problem import Problem

T = TypeVar("T")

#: Longest piece of an answer that is copied into the log, and longest text of a provider's that is shown to people.
_LOGGED, _SHOWN = 2_000, 200

Path = str | Sequence[str]


class Unreachable(Problem):
    """A request that got no answer. It is a `Problem`, so it need not be caught; `cause` is the contract's word, such as `Connect`."""

    def __init__(self, of: Problem, cause: str) -> None:
        super().__init__(of.code, of.message)
        self.cause = cause


@dataclass(frozen=True)
class Answer:
    """What a provider answered, of whatever status."""

    request: str
    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def header(self, name: str) -> str | None:
        """The first header of that name, whatever its case."""
        return self.headers.get(name.lower())

    @property
    def retry_after(self) -> int | None:
        """Seconds that the provider asks to wait. The form with a date is not read."""
        text = (self.header("retry-after") or "").strip()
        return int(text) if text.isascii() and text.isdigit() else None

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", "replace")

    def json(self, kind: type[T] | None = None) -> T:
        """The JSON body; 502 where it is none, or not of that type. The log has what it was."""
        try:
            return forms.read(kind, _json.loads(self.content))
        except ValueError as error:
            self._log(f"The answer does not read: {error}")
            said = "The provider answered something that the module does not understand."
            raise Problem.bad_answer(said) from None

    def expect(self, *statuses: int) -> Answer:
        """The answer itself where it is a success or has one of the statuses; else raises `problem`."""
        if self.ok or self.status in statuses:
            return self
        raise self.problem()

    def problem(self) -> Problem:
        """What an answer other than a success stands for. Refused credentials become 424, other refusals keep their code and the
        provider's own sentence, as far as it sent one; failures become 502 or 503, and are tried again."""
        self._log("The provider refused")
        said = self.reason()
        match self.status:
            case 401 | 403 | 407:
                return Problem.not_configured("The provider refused the module's credentials.")
            case 404 | 410:
                return Problem.not_found(f"The provider does not know it{f': {said}' if said else '.'}")
            case 408:
                return Problem(504, "The provider did not get the request in time.")
            case 429:
                return Problem(429, "The provider asks for a pause.")
            case code if 400 <= code < 500:
                return Problem(code, f"The provider refused: {said}" if said else "The provider refused the request.")
            case 501:
                return Problem.unsupported("The provider does not offer this.")
            case code if 500 <= code < 600:
                return Problem.unavailable("The provider has a failure of its own.")
        return Problem.bad_answer("The provider answered something that the module does not understand.")

    def reason(self) -> str | None:
        """The sentence in a JSON error, under one of the keys that APIs use: short, in one line."""
        try:
            value = _json.loads(self.content)
        except ValueError:
            return None
        for key in ("error", "message", "detail", "title"):
            found = value.get(key) if isinstance(value, dict) else None
            if isinstance(found, dict):
                found = found.get("message")
            if isinstance(found, str):
                line = "".join(one for one in " ".join(found.split()) if one.isprintable())
                return line[:_SHOWN] or None
        return None

    def _log(self, what: str) -> None:
        log.error("http", self.request, {"status": self.status, "body": self.text[:_LOGGED], "note": what})


@dataclass(frozen=True)
class Client:
    """What all requests to one provider have in common. `base` is where all paths begin; timeouts are in seconds.

    `bearer` names the secret setting of an `Authorization: Bearer …`; `basic` is a user name and the setting of the password,
    or a password that `crypto.encrypt` sealed, such as a server's in a table of the module's own; `key` is a header's name and the setting of its value; `url` is the setting whose value is the address itself, and there is no `base`.
    """

    base: str = ""
    bearer: str | None = None
    basic: tuple[str, str | bytes] | None = None
    key: tuple[str, str] | None = None
    url: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    timeout: float | None = None
    connect_timeout: float | None = None
    retries: int = 1

    @classmethod
    def of_setting(cls, name: str, **options: Any) -> Client:
        """The provider whose address an administrator typed into a setting; 424 where that is empty."""
        return cls(config.setting(name, str), **options)

    def get(self, path: Path = "", **options: Any) -> Answer:
        """See `request` for the options of this and its neighbours."""
        return self.request("GET", path, **options)

    def post(self, path: Path = "", **options: Any) -> Answer:
        return self.request("POST", path, **options)

    def put(self, path: Path = "", **options: Any) -> Answer:
        return self.request("PUT", path, **options)

    def patch(self, path: Path = "", **options: Any) -> Answer:
        return self.request("PATCH", path, **options)

    def delete(self, path: Path = "", **options: Any) -> Answer:
        return self.request("DELETE", path, **options)

    def request(
        self,
        method: str,
        path: Path = "",
        *,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        content: tuple[str, bytes] | None = None,
        idempotency_key: str | None = None,
        repeatable: bool | None = None,
    ) -> Answer:
        """A text path is taken as it stands; the parts of a list are encoded, so that no name can climb out of its place.

        The body is `json`, a `form`, or `content`: its type and its bytes. With an `idempotency_key` the provider does the work once
        however often the request arrives; it must be the same in every try of a task, such as a service's id.
        """
        url = _join(self.base, _path(path))
        name = f"{method} {url}"
        if query:
            url += ("&" if "?" in url else "?") + urlencode({key: str(one) for key, one in query.items()}, quote_via=quote)
        given = {"accept": "application/json"}
        body = b""
        if json is not None:
            given["content-type"], body = "application/json", forms.dumps(json).encode()
        elif form is not None:
            given["content-type"], body = "application/x-www-form-urlencoded", urlencode(form, quote_via=quote).encode()
        elif content is not None:
            given["content-type"], body = content
        if idempotency_key is not None:
            given["idempotency-key"] = idempotency_key
        for more in (self.headers, headers or {}):
            given.update((key.lower(), text) for key, text in more.items())
        if repeatable is None:
            repeatable = method not in ("POST", "PATCH") or idempotency_key is not None
        return self._send(name, self._raw(method, url, given, body), self.retries if repeatable else 0)

    def _raw(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Any:
        return _host.make(
            "http",
            "Request",
            method=getattr(_host.part("types").HttpMethod, method),
            url=url,
            headers=[_host.make("types", "Header", name=key, value=text) for key, text in headers.items()],
            body=body,
            credential=self._credential(),
            connect_timeout_ms=None if self.connect_timeout is None else int(self.connect_timeout * 1000),
            timeout_ms=None if self.timeout is None else int(self.timeout * 1000),
            # An API that answers a write with a redirect is not the one that was configured.
            max_redirects=3 if method in ("GET", "HEAD") else 0,
        )

    def _credential(self) -> Any:
        if self.basic is not None and isinstance(self.basic[1], bytes):
            return _host.make("http", "Credential_BasicSealed", self.basic)
        for case, value in (("Bearer", self.bearer), ("Basic", self.basic), ("Header", self.key), ("Url", self.url)):
            if value is not None:
                return _host.make("http", f"Credential_{case}", value)
        return _host.make("http", "Credential_None_")

    @staticmethod
    def _send(name: str, raw: Any, left: int) -> Answer:
        while True:
            try:
                found = _host.part("http").send(raw)
            except _host.Err as error:
                cause, _ = _host.case(error.value)
                if left == 0 or cause not in ("Connect", "Other"):
                    raise Unreachable(problem.of_host("http", error.value, name), cause) from None
            else:
                headers = {one.name.lower(): one.value for one in reversed(found.headers)}
                answer = Answer(name, found.status, headers, found.body)
                passing = 502 <= answer.status <= 504 and answer.header("retry-after") is None
                if not passing or left == 0:
                    return answer
            left -= 1


def get(url: str, *, bearer: str | None = None, **options: Any) -> Answer:
    """One request without a client: of those only `bearer` is taken here; see `Client.request` for the other options."""
    return Client(url, bearer=bearer).get(**options)


def post(url: str, *, bearer: str | None = None, **options: Any) -> Answer:
    return Client(url, bearer=bearer).post(**options)


def put(url: str, *, bearer: str | None = None, **options: Any) -> Answer:
    return Client(url, bearer=bearer).put(**options)


def patch(url: str, *, bearer: str | None = None, **options: Any) -> Answer:
    return Client(url, bearer=bearer).patch(**options)


def delete(url: str, *, bearer: str | None = None, **options: Any) -> Answer:
    return Client(url, bearer=bearer).delete(**options)


def _path(path: Path) -> str:
    if isinstance(path, str):
        return path
    # URL parsers take these for steps, encoded or not; a segment that is nothing but dots names nothing.
    dots = {".": "%252E", "..": "%252E%252E"}
    return "/".join(dots.get(one) or quote(str(one), safe="") for one in path)


def _join(base: str, path: str) -> str:
    # Without a path it is the address as somebody typed it: to many servers `/a/` is not `/a`.
    return f"{base.rstrip('/')}/{path.lstrip('/')}" if path else base
