"""From the contract's exports to the module's functions. componentize-py finds the classes here by the names of the interfaces.

Every call has an instance of its own. A `Problem` is answered as it is; any other exception is the module's failure: it goes to the
log with its place, and whoever asked hears that the module failed.
"""

from __future__ import annotations

import functools
import traceback
from collections.abc import Callable
from typing import Any

from caisson import _host, forms, log, services, time
from caisson.module import NotificationModule, PaymentModule, ProductModule, the_module
from caisson.problem import Problem
from caisson.values import (
    Channel,
    Event,
    Gateway,
    Invoice,
    Job,
    Message,
    Money,
    Request,
    Response,
    Service,
    Verification,
    Veto,
    View,
)

__all__ = ["Admin", "ClientArea", "Hooks", "Jobs", "Lifecycle", "Notification", "Payment", "Product", "Settings"]


def _export(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*arguments: Any) -> Any:
        services._written.clear()
        try:
            return function(*arguments)
        except Problem as problem:
            raise _refusal(problem) from None
        except _host.NotAskedFor as error:
            log.error("capabilities", None, str(error))
            raise _refusal(Problem(501, "The module uses something that its manifest does not ask for.")) from None
        except Exception as error:
            log.error("exception", _place(error), "".join(traceback.format_exception(error)))
            raise _refusal(Problem.internal("The module failed; its log says where.")) from None

    return call


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""


def _refusal(problem: Problem) -> Exception:
    errors = [_host.make("types", "FieldError", field=name, message=text) for name, text in problem.errors]
    made = _host.make("types", "Problem", code=problem.code, message=problem.message, errors=errors)
    return _host.Err(made)


def _page(view: View | None) -> Any:
    if view is None:
        raise Problem.not_found("This module has no page here.")
    return view._to_host()


class Lifecycle:
    @_export
    def activate(self) -> None:
        the_module().activate()

    @_export
    def deactivate(self) -> None:
        the_module().deactivate()

    @_export
    def update(self, from_version: str) -> None:
        the_module().update(from_version)


class Jobs:
    @_export
    def run(self, job: Any) -> str:
        done = the_module()._run(Job._of(job))
        return forms.dumps({} if done is None else done)


class Hooks:
    @_export
    def on_event(self, event: Any) -> Any:
        heard = the_module()._find("event", event.name)
        verdict = None if heard is None else heard(Event._of(event))
        if isinstance(verdict, Veto):
            return _host.make("hooks", "Verdict_Veto", verdict.reason)
        return _host.make("hooks", "Verdict_Proceed")


class Admin:
    @_export
    def handle(self, route: str, request: Any) -> Any:
        answer = the_module()._need("route", route, "page")(Request._of(request))
        return Response.of(answer)._to_host()


class Settings:
    @_export
    def save(self, data: str) -> str:
        module = the_module()
        return forms.overlay(data, module.save_settings(forms.of_form(data, module.Settings)))

    @_export
    def page(self, data: str) -> Any:
        module = the_module()
        return _page(module.settings_page(forms.of_form(data, module.Settings)))

    @_export
    def test_connection(self, data: str) -> str:
        module = the_module()
        return module.test_connection(forms.of_form(data, module.Settings))


class Product:
    @_export
    def get_product_data(self, data: str) -> str:
        module = the_module(ProductModule)
        return forms.filled(data, module.ProductData, module.get_product_data)

    @_export
    def save_product_data(self, data: str) -> str:
        module = the_module(ProductModule)
        return forms.overlay(data, module.save_product_data(forms.of_form(data, module.ProductData)))

    @_export
    def product_page(self, data: str) -> Any:
        module = the_module(ProductModule)
        return _page(module.product_page(forms.of_form(data, module.ProductData)))

    @_export
    def get_service_data(self, data: str) -> str:
        module = the_module(ProductModule)
        return forms.filled(data, module.ServiceData, module.get_service_data)

    @_export
    def save_service_data(self, data: str) -> str:
        module = the_module(ProductModule)
        return forms.overlay(data, module.save_service_data(forms.of_form(data, module.ServiceData)))

    @_export
    def service_page(self, service: Any) -> Any:
        return _page(the_module(ProductModule).service_page(Service._of(service)))

    @_export
    def create(self, service: Any) -> None:
        the_module(ProductModule).create(Service._of(service))

    @_export
    def suspend(self, service: Any) -> None:
        the_module(ProductModule).suspend(Service._of(service))

    @_export
    def unsuspend(self, service: Any) -> None:
        the_module(ProductModule).unsuspend(Service._of(service))

    @_export
    def terminate(self, service: Any) -> None:
        the_module(ProductModule).terminate(Service._of(service))

    @_export
    def change_package(self, service: Any, previous: str) -> None:
        the_module(ProductModule).change_package(Service._of(service), forms.of_host("product data", previous, None))

    @_export
    def run_action(self, action: str, service: Any) -> str | None:
        return the_module(ProductModule)._need("button", action, "action")(Service._of(service))

    @_export
    def single_sign_on(self, service: Any) -> str:
        return the_module(ProductModule).single_sign_on(Service._of(service))

    @_export
    def usage(self, service: Any) -> list[Any]:
        def made(metric: Any) -> Any:
            at = time.now() if metric.at is None else metric.at
            named = {"name": metric.name, "value": float(metric.value), "unit": metric.unit, "at": at}
            return _host.make("product", "Metric", **named)

        return [made(metric) for metric in the_module(ProductModule).usage(Service._of(service))]


class ClientArea:
    @_export
    def variables(self, tab: str, service: Any, request: Any) -> str:
        shown = the_module()._need("tab", tab, "tab")(Service._of(service), Request._of(request))
        return forms.dumps({} if shown is None else shown)

    @_export
    def handle(self, action: str, service: Any, request: Any) -> Any:
        answer = the_module()._need("action", action, "action")(Service._of(service), Request._of(request))
        return Response.of(answer)._to_host()

    @_export
    def handle_static(self, action: str, request: Any) -> Any:
        if isinstance(the_module(), ProductModule):
            raise Problem.not_found(f"This module has no action '{action}' without a service.")
        answer = the_module()._need("action", action, "action")(Request._of(request))
        return Response.of(answer)._to_host()


class Payment:
    @_export
    def checkout(self, gateway: Any, invoice: Any) -> Any:
        return the_module(PaymentModule).checkout(Gateway._of(gateway), Invoice._of(invoice))._to_host()

    @_export
    def webhook(self, gateway: Any, request: Any, verification: Any) -> Any:
        arguments = Gateway._of(gateway), Request._of(request), Verification._of(verification)
        return Response.of(the_module(PaymentModule).webhook(*arguments))._to_host()

    @_export
    def returned(self, gateway: Any, request: Any) -> Any:
        return Response.of(the_module(PaymentModule).returned(Gateway._of(gateway), Request._of(request)))._to_host()

    @_export
    def reconcile(self, gateway: Any, invoice: Any) -> None:
        the_module(PaymentModule).reconcile(Gateway._of(gateway), Invoice._of(invoice))

    @_export
    def charge(self, gateway: Any, invoice: Any, token: str) -> str:
        return the_module(PaymentModule).charge(Gateway._of(gateway), Invoice._of(invoice), token)

    @_export
    def refund(self, gateway: Any, transaction: str, amount: Any) -> str:
        return the_module(PaymentModule).refund(Gateway._of(gateway), transaction, Money._of(amount))


class Notification:
    @_export
    def send(self, channel: Any, message: Any) -> Any:
        delivery = the_module(NotificationModule).send(Channel._of(channel), Message._of(message))
        statuses = _host.part("notification").Status
        status = statuses.SKIPPED if delivery.skipped else statuses.DELIVERED if delivery.delivered else statuses.ACCEPTED
        return _host.make("notification", "Delivery", status=status, reference=delivery.reference)

    @_export
    def callback(self, channel: Any, request: Any) -> Any:
        reports = the_module(NotificationModule).callback(Channel._of(channel), Request._of(request))
        told = [report._to_host() for report in reports]
        return _host.make("notification", "Receipt", reports=told, response=Response.of(None)._to_host())
