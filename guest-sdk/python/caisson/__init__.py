"""Write Caisson modules in Python.

    from caisson import ProductModule, job, log, product, services

    @product
    class Hello(ProductModule):
        @job("create")
        def create_service(self, service):
            services.set_data(service.id, greeting="Hello")

        @job("terminate")
        def terminate_service(self, service):
            log.info("terminate", service.id, "goodbye")

Everything that can fail raises a `Problem`, which is what people see; what only staff should read goes to the `log`. Host functions
need a grant that the manifest asks for and an administrator approves; without it they raise a problem that names the grant.
"""

from caisson import (
    cache,
    config,
    crypto,
    events,
    http,
    i18n,
    log,
    mail,
    notifications,
    payments,
    probe,
    services,
    tasks,
    time,
)  # fmt: skip
from caisson.db import any_of, schema, table, transaction
from caisson.forms import Secret
from caisson.i18n import translate
from caisson.module import (
    Module,
    NotificationModule,
    PaymentModule,
    PluginModule,
    ProductModule,
    action,
    button,
    job,
    notification,
    on,
    payment,
    plugin,
    product,
    route,
    tab,
)  # fmt: skip
from caisson.problem import Problem
from caisson.tasks import Options
from caisson.validation import validate
from caisson.values import (
    Actor,
    Attachment,
    Channel,
    Client,
    Delivery,
    Event,
    Gateway,
    Invoice,
    Job,
    Message,
    Metric,
    Money,
    ProvisionStatus,
    Report,
    Request,
    Response,
    Service,
    Verification,
    Veto,
    View,
)  # fmt: skip

__all__ = [
    "Actor", "Attachment", "Channel", "Client", "Delivery", "Event", "Gateway", "Invoice", "Job", "Message", "Metric",
    "Module", "Money", "NotificationModule", "Options", "PaymentModule", "PluginModule", "Problem", "ProductModule",
    "ProvisionStatus", "Report", "Request", "Response", "Secret", "Service", "Verification", "Veto", "View", "action", "any_of",
    "button", "cache", "config", "crypto", "events", "http", "i18n", "job", "log", "mail", "notification", "notifications",
    "on", "payment", "payments", "plugin", "probe", "product", "route", "schema", "services", "tab", "table", "tasks",
    "time", "transaction", "translate", "validate",
]  # fmt: skip
