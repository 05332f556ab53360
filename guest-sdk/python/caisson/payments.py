"""Money for invoices, as a payment module reports it. Grant: `payments = true`.

Each function is idempotent on the gateway's own ids: a callback that comes twice is recorded once, and the answer says which of the
two it was.
"""

from __future__ import annotations

from typing import Any

from caisson import _host, forms, problem
from caisson.values import Invoice, Money


def invoice(id: str) -> Invoice:
    """An invoice that takes payments, or one that this module took money for; 404 where there is none for this module."""
    return Invoice._of(problem.call("payments", "get_invoice", id, about=id))


def paid(invoice: str, transaction: str, amount: Money, *, fee: Money | None = None, details: Any = None) -> bool:
    """Credits an invoice; true unless the transaction was recorded before. `details` are for staff. 409 where amount or currency do
    not fit, the invoice takes no payment, or the transaction was recorded as something else."""
    payment = _host.make(
        "payments",
        "Payment",
        invoice=invoice,
        transaction=transaction,
        amount=amount._to_host(),
        fee=None if fee is None else fee._to_host(),
        details=forms.dumps({} if details is None else details),
    )
    return _is_new(problem.call("payments", "record_payment", payment, about=transaction))


def failed(invoice: str, transaction: str, reason: str) -> bool:
    """Notes a payment that came to nothing. What is paid stays paid."""
    return _is_new(problem.call("payments", "record_failure", invoice, transaction, reason, about=transaction))


def refunded(transaction: str, refund: str, amount: Money) -> bool:
    """Records that some of a payment was paid back; `refund` is the gateway's own id of that."""
    return _is_new(problem.call("payments", "record_refund", transaction, refund, amount._to_host(), about=refund))


def _is_new(outcome: Any) -> bool:
    return outcome.name == "RECORDED"
