"""A genuine SMTP server for the tests, from Debian's package python3-aiosmtpd.

Arguments: certificate, key, user, password. Listens on three free ports of loopback: without TLS, with STARTTLS, under TLS. Prints their
numbers, then one line of JSON a message. Logging in is required under TLS; the port under TLS knows AUTH LOGIN only.
"""

import asyncio
import json
import logging
import ssl
import sys
import warnings

try:
    from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
except ImportError:
    sys.exit("there is no aiosmtpd; install the package python3-aiosmtpd")

# It has opinions about tests that break off, and about logging in without STARTTLS.
logging.disable()
warnings.simplefilter("ignore")

certificate, key, user, password = sys.argv[1:]
context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
context.load_cert_chain(certificate, key)


def say(value):
    print(json.dumps(value), flush=True)


def authenticate(server, session, envelope, mechanism, data):
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (user.encode(), password.encode())
    return AuthResult(success=right, handled=False)


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("later@"):
            return "451 4.3.0 The mailbox is busy"
        if address.startswith("nobody@"):
            return "550 5.1.1 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server, session, envelope):
        tls = server.transport.get_extra_info("ssl_object") is not None
        say({"from": envelope.mail_from, "to": envelope.rcpt_tos, "tls": tls, "auth": bool(session.authenticated),
             "data": envelope.content.decode()})
        return "250 2.0.0 Ok: queued as 7F3A"


async def serve():
    loop = asyncio.get_running_loop()

    async def listen(tls=None, **options):
        make = lambda: SMTP(Handler(), enable_SMTPUTF8=True, loop=loop, hostname="test", **options)
        server = await loop.create_server(make, host="127.0.0.1", port=0, ssl=tls)
        return server.sockets[0].getsockname()[1]

    login = {"authenticator": authenticate, "auth_required": True}
    say([
        await listen(),
        await listen(tls_context=context, require_starttls=True, **login),
        await listen(tls=context, auth_require_tls=False, auth_exclude_mechanism=["PLAIN"], **login),
    ])
    # Until the test goes away.
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(serve())
