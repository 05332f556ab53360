"""Mail through an SMTP server. Grant: a `[[capabilities.mail]]` line for host and port that names the password's setting.

    server = mail.Server(config.setting("smtp_host"), user="shop", password_setting="smtp_password")
    mail.send(server, sender="Shop <shop@example.com>", to=["jo@example.net"], subject="Invoice 7", text="It is attached.")

The module names the secret setting that holds the password; the host reads it and logs in. A message is for every recipient or for
none. A server's 4xx answer becomes a problem that a job tries again, a 5xx answer one that is final.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from caisson import _host, problem
from caisson.values import Attachment

_PORTS = {"starttls": 587, "tls": 465, "none": 25}


@dataclass(frozen=True)
class Server:
    """An SMTP server, and how to log in there. `none` is TLS's absence: only towards addresses that the panel's operator opened."""

    host: str
    security: Literal["starttls", "tls", "none"] = "starttls"
    port: int | None = None
    user: str | None = None
    password_setting: str | None = None

    def _to_host(self) -> Any:
        security = getattr(_host.part("mail").Security, self.security.upper())
        return _host.make(
            "mail",
            "Server",
            host=self.host,
            port=self.port or _PORTS[self.security],
            security=security,
            username=self.user,
            password_setting=self.password_setting,
        )


def send(
    server: Server,
    *,
    sender: str,
    to: Sequence[str],
    subject: str,
    text: str | None = None,
    html: str | None = None,
    reply_to: str | None = None,
    attachments: Sequence[Attachment] = (),
    message_id: str | None = None,
) -> str:
    """Sends a message and gives the server's answer. `message_id` should be the same in every try, so that a server can tell a
    repeat."""
    message = _host.make(
        "mail",
        "Message",
        from_=sender,
        to=list(to),
        reply_to=reply_to,
        subject=subject,
        text=text,
        html=html,
        attachments=[one._to_host("mail") for one in attachments],
        message_id=message_id,
    )
    return problem.call("mail", "send", server._to_host(), message, about=subject)
