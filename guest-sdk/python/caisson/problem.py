"""Why a call could not do its work, and what every refusal of the panel means for whoever waits.

Messages are for people who asked, so they name no internals; the cause goes to the module's log.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from caisson import _host, log


class Problem(Exception):
    """Raise it to end a call with a message for people. `code` follows HTTP.

    In a job, 4xx codes other than 408 and 429 are final; all others are tried again.
    """

    def __init__(self, code: int, message: str, errors: Iterable[tuple[str, str]] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.errors = list(errors)

    def __str__(self) -> str:
        return f"{self.code} {self.message}"

    @property
    def is_final(self) -> bool:
        """Whether trying again with the same input cannot help."""
        return 400 <= self.code < 500 and self.code not in (408, 429)

    @classmethod
    def invalid(cls, errors: dict[str, str] | Iterable[tuple[str, str]]) -> Problem:
        """422: the input was refused, field by field."""
        pairs = errors.items() if isinstance(errors, dict) else errors
        return cls(422, "Some fields need another look.", pairs)

    @classmethod
    def forbidden(cls, message: str) -> Problem:
        """403: whoever asked may not."""
        return cls(403, message)

    @classmethod
    def not_found(cls, message: str) -> Problem:
        return cls(404, message)

    @classmethod
    def unsupported(cls, message: str) -> Problem:
        """405: the module does not do this."""
        return cls(405, message)

    @classmethod
    def conflict(cls, message: str) -> Problem:
        """409: something stands in the way, and trying again does not remove it."""
        return cls(409, message)

    @classmethod
    def not_configured(cls, message: str) -> Problem:
        """424: something that must be set up first is missing."""
        return cls(424, message)

    @classmethod
    def internal(cls, message: str) -> Problem:
        """500: the module failed."""
        return cls(500, message)

    @classmethod
    def bad_answer(cls, message: str) -> Problem:
        """502: the provider answered with something that cannot be used."""
        return cls(502, message)

    @classmethod
    def unavailable(cls, message: str) -> Problem:
        """503: the provider cannot do it now; a job tries again."""
        return cls(503, message)


_IMPOSSIBLE = (500, "The module asked the panel something impossible.")

_MEANING: dict[tuple[str, str], tuple[int, str]] = {
    ("cache", "Invalid"): _IMPOSSIBLE,
    ("cache", "Quota"): (429, "The module's cache is full."),
    ("cache", "Other"): (500, "The cache failed."),
    ("crypto", "Corrupt"): (500, "Sealed data of this module cannot be opened."),
    ("crypto", "Invalid"): (500, "The module asked for a length that is not offered."),
    ("crypto", "Budget"): (429, "The call used up its budget of encryption."),
    ("database", "Invalid"): (500, "The module asked its tables something impossible."),
    ("database", "Missing"): (500, "A table or column of the module is missing."),
    ("database", "Violated"): (409, "That would contradict what is stored already."),
    ("database", "Quota"): (429, "The module's tables are full."),
    ("database", "Timeout"): (504, "The database took too long."),
    ("database", "Busy"): (503, "The database is busy."),
    ("database", "Other"): (500, "The database failed."),
    ("events", "Invalid"): _IMPOSSIBLE,
    ("events", "Quota"): (429, "The module published too many events."),
    ("events", "Other"): (500, "The event could not be published."),
    # An address that somebody typed is the usual reason, and another try sends the same.
    ("http", "Invalid"): (424, "The provider's address in the module's settings is not usable."),
    ("http", "Resolve"): (503, "The provider's host name could not be resolved."),
    ("http", "Connect"): (503, "The provider could not be reached."),
    ("http", "Tls"): (502, "No secure connection to the provider could be made."),
    ("http", "Timeout"): (504, "The provider did not answer in time."),
    ("http", "TooLarge"): (502, "The provider's answer was too large."),
    ("http", "Budget"): (429, "The call used up its budget of requests."),
    ("http", "Other"): (502, "The connection to the provider broke off."),
    ("mail", "Invalid"): (422, "The message is not one that can be sent."),
    ("mail", "Temporary"): (503, "The mail server asks to try again later."),
    ("mail", "Permanent"): (424, "The mail server refused the message."),
    ("mail", "Timeout"): (504, "The mail server did not answer in time."),
    ("mail", "Other"): (502, "The mail server could not be used."),
    ("notifications", "Invalid"): _IMPOSSIBLE,
    ("notifications", "Quota"): (429, "The module sent too many notifications."),
    ("notifications", "Other"): (500, "The notification could not be sent."),
    ("payments", "Missing"): (404, "There is no such invoice."),
    ("payments", "Invalid"): (422, "The module reported something that is no payment."),
    ("payments", "Mismatch"): (409, "The payment does not fit the invoice."),
    ("payments", "Closed"): (409, "The invoice takes no payment now."),
    ("payments", "Other"): (500, "The payment could not be recorded."),
    ("probe", "Refused"): (503, "The host refuses connections."),
    ("probe", "Timeout"): (504, "The host did not answer in time."),
    ("probe", "Other"): (502, "The host could not be tried."),
    ("services", "Missing"): (404, "There is no such service."),
    ("services", "Invalid"): (500, "The module stored something that the panel refused."),
    ("services", "Other"): (500, "The panel could not reach its services."),
    ("tasks", "Invalid"): (500, "The module queued a task that the panel refused."),
    ("tasks", "Quota"): (429, "The module has too many tasks."),
    ("tasks", "Missing"): (404, "There is no such task."),
    ("tasks", "Other"): (503, "The task queue did not answer."),
    ("validation", "Invalid"): (500, "The module's rules for this form are wrong."),
}


def of_host(interface: str, error: Any, about: Any = None) -> Problem:
    """The problem that a host function's error is: logged with its cause, shown without."""
    name, value = _host.case(error)
    if name == "Denied":
        reason = value.reason.rstrip(".")
        problem = Problem(403, f"The grant '{value.grant}' is missing: {reason}.")
    elif (interface, name) == ("validation", "Rejected"):
        return Problem.invalid((one.field, one.message) for one in value)
    elif (interface, name) == ("crypto", "Missing"):
        return Problem.not_configured(f"The setting '{value}' is missing.")
    elif name == "Unavailable":
        problem = Problem(501, "This panel does not offer what the module asked of it.")
    else:
        problem = Problem(*_MEANING.get((interface, name), (500, "The panel failed.")))
    cause = f"{name}: {value}" if value is not None else name
    log.error(interface, about, cause)
    return problem


def call(interface: str, function: str, *arguments: Any, about: Any = None) -> Any:
    """Calls a function of the panel; its error becomes a `Problem`."""
    try:
        return getattr(_host.part(interface), function)(*arguments)
    except _host.Err as error:
        raise of_host(interface, error.value, about) from None
