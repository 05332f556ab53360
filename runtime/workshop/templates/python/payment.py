"""Tells clients how to pay an invoice by hand."""

from caisson import Gateway, Invoice, PaymentModule, Problem, Request, Response, Verification, View, config, payment


@payment
class __Type__(PaymentModule):
    def checkout(self, gateway: Gateway, invoice: Invoice) -> View:
        return View("checkout", {"number": invoice.number, "instructions": config.setting("instructions", str)})

    def webhook(self, gateway: Gateway, request: Request, verification: Verification) -> Response:
        raise Problem.not_found("Nobody calls this module back.")

    def returned(self, gateway: Gateway, request: Request) -> Response:
        return Response.text("Thank you. The invoice is paid once the money has arrived.")
