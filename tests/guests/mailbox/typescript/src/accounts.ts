// The mailboxes that this module has made, a row each.

import { type Service, schema, table } from "@caisson/sdk";

export type Account = { id: number; service: string; address: string; quota: number; heard: number };

export function createTable(): void {
    schema.create("accounts", (table) => {
        table.id();
        table.uuid("service").unique();
        table.varchar("address", 120);
        table.integer("quota").default(0);
        table.integer("heard").default(0);
        table.timestamps();
    });
}

export const accounts = () => table<Account>("accounts");

/** The service's row. */
export const of = ({ id }: Pick<Service, "id">) => accounts().filter("service", id);
