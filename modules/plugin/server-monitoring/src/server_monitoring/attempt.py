"""One try of a check: what came of it, in words that strings are kept for (`cause` in lang/*.ftl)."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

from caisson import Problem, http, probe

from server_monitoring.hosts import Place
from server_monitoring.store import Check

#: What requests come to that never got an answer. Anything else, such as a missing grant, says nothing about the host.
UNREACHABLE = {
    "Resolve": "resolve",
    "Connect": "connect",
    "Tls": "tls",
    "Timeout": "timeout",
    "TooLarge": "large",
    "Other": "broken",
}
#: The same of probes, by the problem's code.
PROBED = {502: "broken", 503: "connect", 504: "timeout"}


@dataclass(frozen=True)
class Outcome:
    """A success has no cause; `detail` goes with a cause, such as the status that was answered."""

    ms: int | None = None
    cause: str | None = None
    detail: str = ""

    @property
    def ok(self) -> bool:
        return self.cause is None


def attempt(check: Check) -> Outcome:
    """Tries it once. A problem means that it could not be tried, which is no failure of what is watched."""
    outcome = {"http": page, "port": port, "tcp": host, "ssl": certificate}[check.kind](check)
    if outcome.ok and check.slow_ms and outcome.ms is not None and outcome.ms > check.slow_ms:
        return Outcome(outcome.ms, "slow", str(check.slow_ms))
    return outcome


def page(check: Check) -> Outcome:
    """A web page answers with an expected status, and holds an expected text."""
    # A second try would hide what is looked for.
    client = http.Client(check.target, timeout=check.timeout, connect_timeout=check.timeout, retries=0)
    began = perf_counter()
    try:
        answer = client.get(headers={"accept": "*/*"})
    except http.Unreachable as error:
        if error.cause not in UNREACHABLE:
            raise
        return Outcome(cause=UNREACHABLE[error.cause])
    ms = _ms(perf_counter() - began)
    least, _, most = (check.expect or "200-399").partition("-")
    if not int(least) <= answer.status <= int(most or least):
        return Outcome(ms, "status", str(answer.status))
    if check.contains and check.contains not in answer.text:
        return Outcome(ms, "text")
    return Outcome(ms)


def port(check: Check) -> Outcome:
    """Something takes connections on the port."""
    place = _place(check)
    try:
        return Outcome(_ms(probe.connect(place.host, place.port, check.timeout)))
    except Problem as problem:
        return _probed(problem)


def host(check: Check) -> Outcome:
    """The host is alive: it takes the connection, or says no to it. What `ping` asks, without the rights that ping needs."""
    began = perf_counter()
    outcome = port(check)
    return Outcome(_ms(perf_counter() - began)) if outcome.cause == "connect" else outcome


def certificate(check: Check) -> Outcome:
    """The certificate that the host shows lasts long enough."""
    place = _place(check)
    try:
        days = probe.certificate_days(place.host, place.port, check.timeout)
    except Problem as problem:
        return _probed(problem)
    if days < 0:
        return Outcome(cause="expired", detail=str(-days))
    return Outcome(cause="expires", detail=str(days)) if days < (check.warn_days or 0) else Outcome()


def _probed(problem: Problem) -> Outcome:
    if problem.code not in PROBED:
        raise problem
    return Outcome(cause=PROBED[problem.code])


def _place(check: Check) -> Place:
    place = Place.parse(check.target)
    if place is None:
        raise Problem.conflict("The check's target is not a host with its port.")
    return place


def _ms(seconds: float) -> int:
    return max(0, round(seconds * 1000))
