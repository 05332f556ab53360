import { log, product, services } from "@caisson/sdk";

/** What was ordered, and what was made of it. */
type Order = { name: string; greeting?: string };

export default product<{ service: Order }>({
    create(service) {
        services.setData(service.id, { greeting: `Hello, ${service.serviceData.name}!` });
    },

    terminate(service) {
        log.info("terminate", service.id, "goodbye");
    },

    tabs: {
        overview: (service) => ({ greeting: service.serviceData.greeting ?? "" }),
    },
});
