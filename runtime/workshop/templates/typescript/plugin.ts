import { plugin, schema, table, view } from "@caisson/sdk";

export default plugin({
    activate() {
        schema.create("visits", (t) => {
            t.id();
            t.text("page");
            t.timestamps();
        });
    },

    admin: {
        home(request) {
            table("visits").insert({ page: request.path });
            return view("admin_area/home", { visits: table("visits").count() });
        },
    },
});
