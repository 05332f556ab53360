-- What modules told people, and what became of it in each channel.

CREATE TABLE notifications (
    id TEXT NOT NULL PRIMARY KEY,
    module TEXT NOT NULL,
    event TEXT NOT NULL,
    recipient_kind TEXT NOT NULL,
    recipient_id TEXT NOT NULL,
    address TEXT NOT NULL,
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    data TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE INDEX notifications_recipient ON notifications (recipient_kind, recipient_id, id);

CREATE TABLE notification_deliveries (
    notification_id TEXT NOT NULL REFERENCES notifications (id) ON DELETE CASCADE,
    module TEXT NOT NULL,
    status TEXT NOT NULL,
    reference TEXT,
    error TEXT,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (notification_id, module)
);

-- How many a module sent in an hour; writers of one module wait for each other here.
CREATE TABLE notification_usage (
    module TEXT NOT NULL,
    hour BIGINT NOT NULL,
    sent BIGINT NOT NULL,
    PRIMARY KEY (module, hour)
);
