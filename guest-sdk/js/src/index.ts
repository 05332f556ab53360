// Write Caisson modules in TypeScript: README.md starts from an empty folder.

export * as bytes from "./text.js";
export * as cache from "./cache.js";
export * as config from "./config.js";
export * as crypto from "./crypto.js";
export * as events from "./events.js";
export * as http from "./http.js";
export * as i18n from "./i18n.js";
export * as log from "./log.js";
export * as mail from "./mail.js";
export * as notifications from "./notifications.js";
export * as payments from "./payments.js";
export * as probe from "./probe.js";
export * as schema from "./schema.js";
export * as services from "./services.js";
export * as tasks from "./tasks.js";
export { validate, type Rules } from "./validation.js";

export { type Any, type Comparison, type Table, table, transaction } from "./table.js";
export { type Decimal, type Storable, decimal } from "./value.js";
export { type FieldError, Problem, invalid, isFinal, isProblem, problem } from "./problem.js";
export {
    type Actor,
    type Blob,
    type Client,
    type Data,
    type Money,
    type Reply,
    type Request,
    type Response,
    type Service,
    type Status,
    type View,
    blob,
    empty,
    json,
    redirect,
    text,
    view,
} from "./types.js";
export {
    type Channel,
    type Delivery,
    type Event,
    type Form,
    type Forms,
    type Gateway,
    type Job,
    type Message,
    type Receipt,
    type Report,
    type Metric,
    type Module,
    type ModuleParts,
    type NotificationParts,
    type PaymentParts,
    type ProductParts,
    type Verb,
    type Verification,
    notification,
    payment,
    plugin,
    product,
} from "./module.js";
