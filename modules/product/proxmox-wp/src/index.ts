// WordPress sites in containers on Proxmox, as services of the panel: a backend makes them, and this module asks it to.

import { config, http, i18n, invalid, product, problem, validate } from "@caisson/sdk";

import { refusal } from "./backend.js";
import * as backups from "./backups.js";
import * as domains from "./domains.js";
import * as pages from "./pages.js";
import * as power from "./power.js";
import * as site from "./site.js";
import * as work from "./work.js";

type Settings = { api_base: string; public_ip: string };

/** No service has this id: whether the backend takes the key is all that is asked. */
const NOBODY = "00000000-0000-0000-0000-000000000000";

export default product<{ settings: Settings; product: site.Plan; service: site.Known }>({
    settings: {
        save(settings) {
            validate(settings, { public_ip: "required|ip" });
            return { ...settings, api_base: settings.api_base.replace(/\/+$/, "") };
        },
        testConnection() {
            const answer = http.get("status", {
                base: config.require("settings.api_base"),
                bearer: "api_key",
                query: { service_id: NOBODY },
                timeout: 10_000,
            });
            if (answer.status === 401 || answer.status === 403) {
                throw problem(422, i18n.translate("key-refused"));
            }
            // A backend says of nobody's site that there is none; any other web server says it without a reason.
            if (answer.status === 404 && answer.reason() === undefined) {
                throw problem(502, i18n.translate("no-backend"));
            }
            if (!answer.ok && answer.status !== 404) {
                throw refusal(answer, answer.status);
            }
            answer.json();
            return i18n.translate("connected");
        },
    },

    product: {
        save({ plan }) {
            if (plan.trim() === "") {
                throw invalid({ plan: i18n.translate("plan-missing") });
            }
            return { plan: plan.trim() };
        },
    },

    create: site.create,
    suspend: site.suspend,
    unsuspend: site.unsuspend,
    terminate: site.terminate,
    changePackage: site.changePackage,

    jobs: {
        settle: ({ service, payload }) => site.settleLater(service, payload),
        work: work.run,
    },

    actions: {
        start: power.start,
        stop: power.stop,
        restart: power.restart,
        reset: (service) => work.begin(service, "reset"),
    },

    usage({ id }) {
        const counted = (name: string, list: string[]) => ({ name, value: list.length, unit: name });
        return [counted("domains", domains.list(id)), counted("backups", backups.list(id))];
    },

    service: { page: (service) => ({ template: "admin_area/service", data: pages.summary(service) }) },

    tabs: { site: pages.site },

    clientActions: {
        "toggle": (service, request) => power.toggle(service, request.form("wanted")),
        "add-domain": (service, request) => domains.add(service, request.form("domain")),
        "delete-domain": (service, request) => domains.remove(service, request.form("domain")),
        "make-backup": (service) => work.begin(service, "make-backup"),
        "delete-backup": (service, request) => backups.remove(service, request.form("backup")),
        "roll-back": (service, request) => work.begin(service, "roll-back", backups.own(service, request.form("backup"))),
    },
});
