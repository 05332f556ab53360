-- What can be ordered and what was ordered.

CREATE TABLE products (
    id TEXT NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    module TEXT NOT NULL REFERENCES modules (key),
    module_data TEXT NOT NULL,
    hidden BIGINT NOT NULL,
    price_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    stock BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE INDEX products_module ON products (module);

CREATE TABLE services (
    id TEXT NOT NULL PRIMARY KEY,
    client_id TEXT NOT NULL REFERENCES clients (id),
    product_id TEXT NOT NULL REFERENCES products (id),
    module TEXT NOT NULL,
    billing_status TEXT NOT NULL,
    provision_status TEXT NOT NULL,
    status_message TEXT,
    data TEXT NOT NULL,
    sealed BYTEA,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE INDEX services_client ON services (client_id, id);
CREATE INDEX services_product ON services (product_id, id);
CREATE INDEX services_module ON services (module, id);
CREATE INDEX services_provision_status ON services (provision_status, id);

CREATE TABLE service_events (
    id TEXT NOT NULL PRIMARY KEY,
    service_id TEXT NOT NULL REFERENCES services (id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    actor TEXT NOT NULL
);

CREATE INDEX service_events_service ON service_events (service_id, id);
