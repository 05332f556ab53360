// Mailboxes at a provider, as services of the panel.

import { cache, events, i18n, json, log, problem, product, services, validate, view } from "@caisson/sdk";

import { accounts, createTable, of } from "./accounts.js";
import * as provider from "./provider.js";

type Forms = {
    product: { quota_mb: number };
    service: { address: string; mailbox?: string };
};

const listing = () => ({ accounts: accounts().columns("address", "quota", "heard").orderBy("address").get() });

export default product<Forms>({
    activate: createTable,

    settings: {
        testConnection: () => `The provider answers: ${provider.ping()}`,
    },

    service: {
        save(order) {
            const address = (order.address ?? "").trim().toLowerCase();
            validate({ address }, { address: "required|email|max:120" });
            return { ...order, address };
        },
    },

    create({ id, serviceData: { address }, productData: { quota_mb } }) {
        provider.create(address, quota_mb);
        accounts().upsert({ service: id, address, quota: quota_mb }, ["service"]);
        services.setData(id, { mailbox: address });
        events.dispatch("created", { service: id, address });
        cache.set("last", address, 60);
        log.info("mailbox", address, "made");
    },

    suspend: ({ serviceData }) => provider.change(serviceData.address, { active: false }),

    unsuspend: ({ serviceData }) => provider.change(serviceData.address, { active: true }),

    changePackage(service) {
        const quota = service.productData.quota_mb;
        provider.change(service.serviceData.address, { quota });
        of(service).update({ quota });
    },

    terminate(service) {
        provider.remove(service.serviceData.address);
        of(service).delete();
    },

    events: {
        "product/mailbox.created": ({ payload }) => void of({ id: payload.service }).increment("heard"),
    },

    actions: {
        refresh(service) {
            const account = of(service).first();
            return account === undefined ? "Nothing to refresh." : `Refreshed ${account.address}.`;
        },
    },

    tabs: {
        overview(service) {
            const account = of(service).first();
            if (account === undefined) {
                throw problem(409, "This service has no mailbox yet.");
            }
            const { address, quota, heard } = account;
            const greeting = i18n.translate("overview-greeting", { name: service.client.name });
            return { address, quota, heard, total: accounts().count(), last: cache.get("last") ?? null, greeting };
        },
    },

    usage: (service) => of(service).pluck<number>("quota").map((value) => ({ name: "quota", value, unit: "MB" })),

    admin: {
        accounts: () => view("accounts", listing()),
        listing: () => json(listing()),
    },
});
