"""Mailboxes at a provider, as services of the panel."""

from dataclasses import dataclass
from typing import Any

from caisson import (
    Event,
    Metric,
    Problem,
    ProductModule,
    Request,
    Response,
    Secret,
    Service,
    View,
    button,
    cache,
    job,
    on,
    product,
    route,
    tab,
    translate,
    validate,
)  # fmt: skip

from mailboxes import account
from mailboxes.account import Account, Order, Package, accounts
from mailboxes.api import Api


@dataclass
class Settings:
    api_base: str
    api_key: Secret


@product
class Mailbox(ProductModule):
    Settings = Settings
    ProductData = Package
    ServiceData = Order

    def activate(self) -> None:
        account.create_table()

    def test_connection(self, settings: Settings) -> str:
        return f"The provider answers: {Api().ping()}"

    def save_service_data(self, order: Order) -> Order:
        order.address = order.address.strip().lower()
        validate(order, {"address": "required|email|max:120"})
        return order

    @job("create")
    def create_mailbox(self, service: Service) -> None:
        account.create(service)

    @job("suspend")
    def stop_mailbox(self, service: Service) -> None:
        Api().change(account.address(service), active=False)

    @job("unsuspend")
    def resume_mailbox(self, service: Service) -> None:
        Api().change(account.address(service), active=True)

    @job("change-package")
    def change_quota(self, service: Service, previous: Package) -> None:
        quota = service.product_data(Package).quota_mb
        Api().change(account.address(service), quota=quota)
        account.of(service).update(quota=quota)

    @job("terminate")
    def delete_mailbox(self, service: Service) -> None:
        Api().delete(account.address(service))
        account.of(service).delete()

    @on("product/mailbox.created")
    def was_created(self, event: Event) -> None:
        accounts().filter(service=event.payload()["service"]).increment("heard")

    @tab("overview")
    def overview(self, service: Service, request: Request) -> dict[str, Any]:
        found = account.of(service).first(Account)
        if found is None:
            raise Problem.conflict("This service has no mailbox yet.")
        return {
            "address": found.address,
            "quota": found.quota,
            "heard": found.heard,
            "total": accounts().count(),
            "last": cache.get("last"),
            "greeting": translate("overview-greeting", name=service.client.name),
        }

    @button("refresh")
    def refresh(self, service: Service) -> str:
        found = account.of(service).first(Account)
        return f"Refreshed {found.address}." if found else "Nothing to refresh."

    def usage(self, service: Service) -> list[Metric]:
        quota = account.of(service).value("quota")
        return [] if quota is None else [Metric("quota", quota, "MB")]

    @route("accounts")
    def show_accounts(self, request: Request) -> View:
        return View("accounts", {"accounts": account.all_of_them()})

    @route("listing")
    def list_accounts(self, request: Request) -> Response:
        return Response.json({"accounts": account.all_of_them()})
