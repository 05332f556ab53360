-- What calls used, counted for all of them: totals by the hour, how long they took, which grants they used and which they were denied.

ALTER TABLE calls ADD COLUMN request_id TEXT;
ALTER TABLE calls ADD COLUMN host_call_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN omitted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN denied INTEGER NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN bytes_out INTEGER NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN bytes_in INTEGER NOT NULL DEFAULT 0;
ALTER TABLE calls ADD COLUMN grants TEXT NOT NULL DEFAULT '[]';

CREATE INDEX calls_request ON calls (request_id, id);

CREATE TABLE call_hours (
    module TEXT NOT NULL,
    hour INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    wall_us INTEGER NOT NULL,
    cpu_us INTEGER NOT NULL,
    host_calls INTEGER NOT NULL,
    denied INTEGER NOT NULL,
    bytes_out INTEGER NOT NULL,
    bytes_in INTEGER NOT NULL,
    PRIMARY KEY (module, hour)
) STRICT;

CREATE INDEX call_hours_age ON call_hours (hour);

-- How many calls of an hour took how long: one row for each bucket that has any.
CREATE TABLE call_times (
    module TEXT NOT NULL,
    hour INTEGER NOT NULL,
    bucket INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    PRIMARY KEY (module, hour, bucket)
) STRICT;

CREATE INDEX call_times_age ON call_times (hour);

CREATE TABLE grant_uses (
    module TEXT NOT NULL,
    grant_id TEXT NOT NULL,
    uses INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (module, grant_id)
) STRICT;

-- `line` is what was missing: a grant's id, or the line that the manifest lacks.
CREATE TABLE grant_denials (
    module TEXT NOT NULL,
    line TEXT NOT NULL,
    denials INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    last_call TEXT NOT NULL,
    PRIMARY KEY (module, line)
) STRICT;
