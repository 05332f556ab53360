-- What calls used, counted for all of them: totals by the hour, how long they took, which grants they used and which they were denied.

ALTER TABLE calls ADD COLUMN request_id TEXT;
ALTER TABLE calls ADD COLUMN host_call_count BIGINT NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN omitted BIGINT NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN denied BIGINT NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN bytes_out BIGINT NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN bytes_in BIGINT NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN grants TEXT NOT NULL DEFAULT '[]';

CREATE INDEX calls_request ON calls (request_id, id);

CREATE TABLE call_hours (
    module TEXT NOT NULL,
    hour BIGINT NOT NULL,
    calls BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    wall_us BIGINT NOT NULL,
    cpu_us BIGINT NOT NULL,
    host_calls BIGINT NOT NULL,
    denied BIGINT NOT NULL,
    bytes_out BIGINT NOT NULL,
    bytes_in BIGINT NOT NULL,
    PRIMARY KEY (module, hour)
);

CREATE INDEX call_hours_age ON call_hours (hour);

-- How many calls of an hour took how long: one row for each bucket that has any.
CREATE TABLE call_times (
    module TEXT NOT NULL,
    hour BIGINT NOT NULL,
    bucket BIGINT NOT NULL,
    calls BIGINT NOT NULL,
    PRIMARY KEY (module, hour, bucket)
);

CREATE INDEX call_times_age ON call_times (hour);

CREATE TABLE grant_uses (
    module TEXT NOT NULL,
    grant_id TEXT NOT NULL,
    uses BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (module, grant_id)
);

-- `line` is what was missing: a grant's id, or the line that the manifest lacks.
CREATE TABLE grant_denials (
    module TEXT NOT NULL,
    line TEXT NOT NULL,
    denials BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    last_call TEXT NOT NULL,
    PRIMARY KEY (module, line)
);
