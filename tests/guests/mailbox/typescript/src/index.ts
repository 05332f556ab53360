import {
    type Service,
    cache,
    config,
    events,
    http,
    i18n,
    isProblem,
    log,
    problem,
    product,
    schema,
    services,
    table,
    transaction,
    validate,
    view,
} from "@caisson/sdk";

type Forms = {
    settings: { api_base: string; api_key: true | null };
    product: { quota_mb: number };
    service: { address: string; mailbox?: string };
};

/** A row of `accounts`, what this module knows of a service. */
type Account = { id: number; service: string; address: string; quota: number; heard: number; created_at: number; updated_at: number };

const accounts = () => table<Account>("accounts");

const provider = () => http.client({ base: config.require("settings.api_base"), bearer: "api_key" });

export default product<Forms>({
    activate() {
        schema.create("accounts", (table) => {
            table.id();
            table.uuid("service").unique();
            table.varchar("address", 120);
            table.integer("quota").default(0);
            table.integer("heard").default(0);
            table.timestamps();
        });
    },

    settings: {
        testConnection() {
            const answer = reached(() => provider().get("ping"), 502);
            if (answer.status === 401) {
                throw problem(422, "The provider does not accept this API key.");
            }
            return `The provider answers: ${answer.orThrow().text()}`;
        },
    },

    service: {
        save(order) {
            const address = typeof order.address === "string" ? order.address.trim().toLowerCase() : order.address;
            return { ...order, ...validate<{ address: string }>({ address }, { address: "required|email|max:120" }) };
        },
    },

    create(service) {
        const { address } = service.serviceData;
        const quota = service.productData.quota_mb;
        accepted(reached(() => provider().post("mailboxes", { json: { address, quota } })), 409);
        accounts().upsert({ service: service.id, address, quota }, ["service"]);
        services.setData(service.id, { mailbox: address });
        events.dispatch("created", { service: service.id, address });
        cache.set("last", address, 60);
        log.info("create", { service: service.id }, { address });
    },

    suspend: (service) => setActive(service, false),
    unsuspend: (service) => setActive(service, true),

    changePackage(service) {
        const quota = service.productData.quota_mb;
        accepted(reached(() => provider().patch(mailbox(service), { json: { quota } })));
        accounts().filter("service", service.id).update({ quota });
    },

    terminate(service) {
        accepted(reached(() => provider().delete(mailbox(service))), 404);
        accounts().filter("service", service.id).delete();
    },

    events: {
        "product/mailbox.created": ({ payload }) => {
            transaction(() => accounts().filter("service", payload.service).increment("heard"));
        },
    },

    tabs: {
        overview(service, request) {
            const account = accounts().filter("service", service.id).first();
            return {
                address: account?.address ?? service.serviceData.address,
                quota: account?.quota ?? 0,
                heard: account?.heard ?? 0,
                total: accounts().count(),
                last: cache.get<string>("last") ?? null,
                greeting: i18n.translate("overview-greeting", { name: service.client.name }, request.actor.locale),
            };
        },
    },

    clientActions: {
        refresh(service) {
            const account = accounts().filter("service", service.id).first();
            return account === undefined ? "Nothing to refresh." : `Refreshed ${account.address}.`;
        },
    },

    usage: (service) => [{ name: "quota", value: service.productData.quota_mb, unit: "MB" }],

    admin: {
        accounts: () => view("accounts", { accounts: accounts().orderBy("address").get() }),
    },
});

function mailbox(service: Service<unknown, Forms["service"]>): http.Path {
    return ["mailboxes", service.serviceData.address];
}

function setActive(service: Service<unknown, Forms["service"]>, active: boolean): void {
    accepted(reached(() => provider().patch(mailbox(service), { json: { active } })));
}

/** What the provider answers; where it does not, people read that it could not be reached. */
function reached(send: () => http.Response, code = 503): http.Response {
    try {
        return send();
    } catch (caught) {
        throw isProblem(caught) && caught.code >= 500 ? problem(code, "The provider could not be reached.") : caught;
    }
}

/** Refusals keep the provider's code and sentence, its failures are tried again; `done` is a refusal that means it was done before. */
function accepted(answer: http.Response, done?: number): void {
    if (answer.ok || answer.status === done) {
        return;
    }
    if (answer.status >= 500) {
        throw problem(503, "The provider could not be reached.");
    }
    throw problem(answer.status, `The provider refused the mailbox: ${answer.json<{ message?: string }>().message ?? "no reason"}`);
}
