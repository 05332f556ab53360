-- Tasks that come again: those of a module's manifest, and those it made itself.

CREATE TABLE schedules (
    module TEXT NOT NULL REFERENCES modules (key) ON DELETE CASCADE,
    name TEXT NOT NULL,
    cron TEXT NOT NULL,
    method TEXT NOT NULL,
    payload TEXT NOT NULL,
    declared BIGINT NOT NULL,
    next_at BIGINT,
    last_at BIGINT,
    PRIMARY KEY (module, name)
);

CREATE INDEX schedules_next ON schedules (next_at) WHERE next_at IS NOT NULL;
