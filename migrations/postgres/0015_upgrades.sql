-- A module's way from version to version: what served before, and a newer one that serves a share.

-- `tables` is what the module's tables looked like when the version stopped serving: what it needs to serve again.
CREATE TABLE module_steps (
    module TEXT NOT NULL REFERENCES modules (key) ON DELETE CASCADE,
    step BIGINT NOT NULL,
    version_id TEXT NOT NULL REFERENCES module_versions (id) ON DELETE CASCADE,
    tables TEXT NOT NULL,
    left_at BIGINT NOT NULL,
    PRIMARY KEY (module, step)
);

-- The last canary of each module. `most_failures` is in ten-thousandths of the calls; `services` always get it, whatever the share.
CREATE TABLE module_canaries (
    module TEXT NOT NULL PRIMARY KEY REFERENCES modules (key) ON DELETE CASCADE,
    version_id TEXT NOT NULL REFERENCES module_versions (id) ON DELETE CASCADE,
    share BIGINT NOT NULL,
    services TEXT NOT NULL,
    tables TEXT NOT NULL,
    most_failures BIGINT NOT NULL,
    least_calls BIGINT NOT NULL,
    calls BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    began_at BIGINT NOT NULL,
    began_by TEXT NOT NULL,
    ended_at BIGINT,
    verdict TEXT
);

-- Which versions still have work waiting.
CREATE INDEX tasks_version ON tasks (version_id) WHERE status IN ('pending', 'running');
