import { config, payment, problem, view } from "@caisson/sdk";

export default payment({
    checkout: (_gateway, invoice) =>
        view("checkout", { number: invoice.number, instructions: config.require("settings.instructions") }),

    webhook() {
        throw problem(404, "Nobody calls this module back.");
    },

    returned: () => "Thank you. The invoice is paid once the money has arrived.",
});
