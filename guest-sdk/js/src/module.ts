// What a module is made of. Every part but those that make the module what it is may be left out.

import type { Invoice } from "./payments.js";
import type { Options } from "./tasks.js";
import type { Blob, Data, Money, Reply, Request, Service, View } from "./types.js";

/** The forms of a module, as its manifest declares their fields: `product<{ settings: …; product: …; service: … }>({ … })`. */
export type Forms = { settings?: object; product?: object; service?: object };

/** Forms of which nothing is known: what the adapter sees. */
export type AnyForms = { settings: any; product: any; service: any };

type Settings<F extends Forms> = F extends { settings: infer S } ? S : Data;
type ProductForm<F extends Forms> = F extends { product: infer P } ? P : Data;
type ServiceForm<F extends Forms> = F extends { service: infer S } ? S : Data;
type ServiceOf<F extends Forms> = Service<ProductForm<F>, ServiceForm<F>>;

/** A queued or scheduled job. `payload` is what the task was queued with; `attempt` counts from 1, lost tries too. */
export type Job = { id: string; method: string; payload: any; attempt: number; service: Service<any, any> | undefined };

/** An event that the manifest subscribes to. It may be delivered again, with the same id. */
export type Event = { id: string; name: string; payload: any };

/** A product's or a service's form. */
export type Form<T> = {
    /** Filled in where the form has nothing yet. */
    defaults?: Partial<T>;
    /** What the form shows of what is stored, such as a name in place of an id; `save` leads back. */
    get?(data: T): Partial<T>;
    /** Checks and normalises what was typed: gives the form as it is to be kept, or nothing to keep it as it is; throws 422 to refuse it. */
    save?(data: T): T | void;
};

export type ModuleParts<F extends Forms = Forms> = {
    /** Prepares what the module needs. A problem leaves it inactive. Idempotent, as are the next two. */
    activate?(): void;
    /** Lets go of what is outside; the module's data stays. */
    deactivate?(): void;
    /** Brings data of an older version up to this one. */
    update?(fromVersion: string): void;
    /** The settings form; secrets arrive as `true` (set) or null. */
    settings?: Omit<Form<Settings<F>>, "defaults" | "get"> & {
        /** What stands under the form. */
        page?(data: Settings<F>): View;
        /** Tries the settings out, saved or not, as `config` and credentials answer during this call. The text is shown. */
        testConnection?(data: Settings<F>): string;
    };
    /** Queued and scheduled jobs by their method. Verbs of a product module have parts of their own and do not come here. */
    jobs?: Record<string, (job: Job) => unknown>;
    /** What is done about events, by their full names, such as `service.deleted` or `product/mailbox.created`. A text is a veto. */
    events?: Record<string, (event: Event) => string | void>;
    /** Pages and API of the administration area, by the names of the manifest's routes. */
    admin?: Record<string, (request: Request) => Reply>;
};

/** What can be done with a service. */
export type Verb = "create" | "suspend" | "unsuspend" | "terminate" | "change-package";

/** What the service uses; `at` is now where nothing is said. */
export type Metric = { name: string; value: number; unit: string; at?: Date | number };

/**
 * A module that sells services.
 *
 * Each verb is queued as a task, and the task calls the part of the same name. It does its work idempotently: it may run again after a
 * failure or a lost worker. When it returns, the provision status becomes what the verb leads to, unless it has set another. When it
 * throws, the panel tries again or sets the status to failed.
 */
export type ProductParts<F extends Forms = Forms> = ModuleParts<F> & {
    /** The product form, and what stands under it. */
    product?: Form<ProductForm<F>> & { page?(data: ProductForm<F>): View };
    /** What a client orders, and the module's part of the service page in the administration area. */
    service?: Form<ServiceForm<F>> & { page?(service: ServiceOf<F>): View };
    /**
     * Makes the service at the provider. Mint names and passwords first, store them with `services.setData`, then call the provider, so
     * that a second try uses the same ones.
     */
    create(service: ServiceOf<F>): void;
    /** Stops the service and keeps everything. */
    suspend?(service: ServiceOf<F>): void;
    /** Undoes `suspend`. */
    unsuspend?(service: ServiceOf<F>): void;
    /** Removes the service at the provider. What is gone already counts as done. */
    terminate(service: ServiceOf<F>): void;
    /** Makes the service what `service.productData` already says; `previous` is the package before. */
    changePackage?(service: ServiceOf<F>, previous: ProductForm<F>): void;
    /** Verbs that are done at once instead of being queued: where there is nothing to wait for. They set the status themselves. */
    atOnce?: Partial<Record<Verb, (service: ServiceOf<F>) => void>>;
    /** Changes how a verb's task is queued: tries, backoff, time-out. */
    tune?(verb: Verb, options: Options): Options;
    /** Buttons of the service page, by the keys of the manifest. The text is shown. */
    actions?: Record<string, (service: ServiceOf<F>) => string | void>;
    /** A URL that signs the client in at the provider. */
    singleSignOn?(service: ServiceOf<F>): string;
    /** What the service uses now. */
    usage?(service: ServiceOf<F>): Metric[];
    /** What the templates of the client's tabs show, by the tabs' keys. */
    tabs?: Record<string, (service: ServiceOf<F>, request: Request) => object>;
    /** Requests of the client's tabs, by the actions' keys. A text is the message shown above the tab. */
    clientActions?: Record<string, (service: ServiceOf<F>, request: Request) => Reply>;
};

/** A gateway as it was set up in the panel; `S` is its form. */
export type Gateway<S = Data> = { id: string; settings: S; webhookUrl: string; returnUrl: string; cancelUrl: string };

/** What the host found when it checked a callback against the manifest's scheme. */
export type Verification = { tag: "verified" } | { tag: "undeclared" } | { tag: "failed"; val: string };

/** A module that takes money for invoices. */
export type PaymentParts<F extends Forms = Forms> = ModuleParts<F> & {
    /** What the client sees to pay. */
    checkout(gateway: Gateway<Settings<F>>, invoice: Invoice): View;
    /** A callback of the gateway. Act on what is verified only. */
    webhook(gateway: Gateway<Settings<F>>, request: Request, verification: Verification): Reply;
    /** The client came back from the gateway. */
    returned(gateway: Gateway<Settings<F>>, request: Request): Reply;
    /** Asks the gateway how an open invoice stands, and records it. */
    reconcile?(gateway: Gateway<Settings<F>>, invoice: Invoice): void;
    /** Charges a stored method; the transaction's id. */
    charge?(gateway: Gateway<Settings<F>>, invoice: Invoice, token: string): string;
    /** Pays back; the refund's id at the gateway. */
    refund?(gateway: Gateway<Settings<F>>, transaction: string, amount: Money): string;
    /** Requests of the payment form, by the actions' keys. */
    clientActions?: Record<string, (request: Request) => Reply>;
};

/** A channel as it was set up in the panel; `S` is its form. `callbackUrl` is there where the manifest has a `[webhook]`. */
export type Channel<S = Data> = { id: string; settings: S; callbackUrl: string | undefined };

/**
 * `id` stays the same when a message is sent again. `sender` is the module that says it, `event` its own name for what happened, and `data`
 * what it filled its strings in with. `to` is an e-mail address, `phone` a number in E.164, where there is one.
 */
export type Message = {
    id: string;
    sender: string;
    event: string;
    audience: "staff" | "client";
    to: string;
    phone: string | undefined;
    subject: string;
    text: string;
    html: string | undefined;
    attachments: { name: string; content: Blob }[];
    data: Data;
};

/**
 * Whether the provider took the message or brought it, and its own name for it. `skipped` says that the channel is not for such a message, by
 * its own settings.
 */
export type Delivery = { status: "accepted" | "delivered" | "skipped"; reference?: string };

/** What a provider says of a message, by the id that this had; `reason` is for staff. */
export type Report = { message: string; fate: "accepted" | "delivered" | "failed"; reason?: string };

/** What a callback told, and how it is answered: with nothing, where nothing is said. */
export type Receipt = { reports: Report[]; response?: Reply };

/** A module that delivers messages. */
export type NotificationParts<F extends Forms = Forms> = ModuleParts<F> & {
    /** Delivers one message. Codes 429 and 5xx are tried again with the same `message.id`; others are final. */
    send(channel: Channel<Settings<F>>, message: Message): Delivery;
    /** The provider says at `channel.callbackUrl` what became of messages; the host has verified it as the manifest's `[webhook]` says. */
    callback?(channel: Channel<Settings<F>>, request: Request): Receipt;
};

/** The parts of each type of module. */
export type Kinds = {
    product: ProductParts<AnyForms>;
    payment: PaymentParts<AnyForms>;
    notification: NotificationParts<AnyForms>;
    plugin: ModuleParts<AnyForms>;
};

/** A module, as `src/index.ts` exports it by default. */
export type Module = { [K in keyof Kinds]: { kind: K; parts: Kinds[K] } }[keyof Kinds];

/** Defines a module that sells services: `export default product({ create(service) { … }, terminate(service) { … } })`. */
export function product<F extends Forms = Forms>(parts: ProductParts<F>): Module {
    return { kind: "product", parts: parts as unknown as ProductParts<AnyForms> };
}

/** Defines a module that takes money for invoices. */
export function payment<F extends Forms = Forms>(parts: PaymentParts<F>): Module {
    return { kind: "payment", parts: parts as unknown as PaymentParts<AnyForms> };
}

/** Defines a module that delivers messages. */
export function notification<F extends Forms = Forms>(parts: NotificationParts<F>): Module {
    return { kind: "notification", parts: parts as unknown as NotificationParts<AnyForms> };
}

/** Defines a module that extends the panel: pages, jobs, schedules and events. */
export function plugin<F extends Forms = Forms>(parts: ModuleParts<F>): Module {
    return { kind: "plugin", parts: parts as unknown as ModuleParts<AnyForms> };
}

