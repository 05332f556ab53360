"""What the module remembers of its mailboxes, and how one is made."""

from dataclasses import dataclass

from caisson import Service, cache, events, log, schema, services, table
from caisson.db import Table

from mailboxes.api import Api


@dataclass
class Package:
    quota_mb: int = 100


@dataclass
class Order:
    address: str = ""


@dataclass
class Account:
    service: str
    address: str
    quota: int
    heard: int = 0


def create_table() -> None:
    def columns(t: schema.Blueprint) -> None:
        t.id()
        t.uuid("service").unique()
        t.varchar("address", 120)
        t.integer("quota").default(0)
        t.integer("heard").default(0)
        t.timestamps()

    schema.create("accounts", columns)


def accounts() -> Table:
    return table("accounts")


def of(service: Service) -> Table:
    return accounts().filter(service=service.id)


def all_of_them() -> list[Account]:
    return accounts().order_by("address").get(Account)


def address(service: Service) -> str:
    return service.service_data(Order).address


def create(service: Service) -> None:
    name, quota = address(service), service.product_data(Package).quota_mb
    Api().create(name, quota)
    accounts().upsert({"service": service.id, "address": name, "quota": quota}, "service")
    services.set_data(service.id, mailbox=name)
    events.dispatch("created", service=service.id, address=name)
    cache.set("last", name, 60)
    log.info("create", {"address": name}, {"quota": quota})
