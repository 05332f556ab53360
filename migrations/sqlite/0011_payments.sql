-- What modules recorded of money, and where invoices stand by it.

ALTER TABLE invoices ADD COLUMN refunded_minor INTEGER NOT NULL DEFAULT 0;

CREATE TABLE invoice_numbers (
    year INTEGER NOT NULL PRIMARY KEY,
    last INTEGER NOT NULL
) STRICT;

-- Written once. `kind` is payment, refund or failure; `reference` is the gateway's own id of it, by which recording twice is
-- once. A refund names its payment; a payment counts what was paid back of it.
CREATE TABLE transactions (
    id TEXT NOT NULL PRIMARY KEY,
    invoice_id TEXT NOT NULL REFERENCES invoices (id),
    module TEXT NOT NULL,
    kind TEXT NOT NULL,
    reference TEXT NOT NULL,
    payment_id TEXT REFERENCES transactions (id),
    amount_minor INTEGER NOT NULL,
    refunded_minor INTEGER NOT NULL,
    fee_minor INTEGER,
    currency TEXT NOT NULL,
    details TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX transactions_reference ON transactions (module, kind, reference);
CREATE INDEX transactions_invoice ON transactions (invoice_id, id);

-- Callbacks of gateways that were verified: one that was processed has no second effect. One that is being processed belongs
-- to whoever holds the claim, until it ends or runs out.
CREATE TABLE webhook_deliveries (
    module TEXT NOT NULL,
    delivery TEXT NOT NULL,
    claim TEXT,
    claimed_until INTEGER NOT NULL,
    processed_at INTEGER,
    PRIMARY KEY (module, delivery)
) STRICT;
