"""Greets whoever orders it."""

from dataclasses import dataclass
from typing import Any

from caisson import ProductModule, Request, Service, job, log, product, services, tab


@dataclass
class Order:
    """What was ordered, and what was made of it."""

    name: str
    greeting: str | None = None


@product
class __Type__(ProductModule):
    ServiceData = Order

    @job("create")
    def greet(self, service: Service) -> None:
        order = service.service_data(Order)
        services.set_data(service.id, greeting=f"Hello, {order.name}!")

    @job("terminate")
    def part(self, service: Service) -> None:
        log.info("terminate", service.id, "goodbye")

    @tab("overview")
    def overview(self, service: Service, request: Request) -> dict[str, Any]:
        return {"greeting": service.service_data(Order).greeting}
