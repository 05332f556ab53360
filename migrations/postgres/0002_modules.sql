-- Modules, their versions, what was granted to them and how they are configured.

CREATE TABLE modules (
    key TEXT NOT NULL PRIMARY KEY,
    status TEXT NOT NULL,
    active TEXT,
    quarantined TEXT,
    created_at BIGINT NOT NULL
);

CREATE TABLE module_versions (
    id TEXT NOT NULL PRIMARY KEY,
    module TEXT NOT NULL REFERENCES modules (key) ON DELETE CASCADE,
    version TEXT NOT NULL,
    digest TEXT NOT NULL,
    manifest TEXT NOT NULL,
    installed_at BIGINT NOT NULL,
    approved_at BIGINT,
    approved_by TEXT,
    UNIQUE (module, version)
);

CREATE TABLE module_grants (
    version_id TEXT NOT NULL REFERENCES module_versions (id) ON DELETE CASCADE,
    grant_id TEXT NOT NULL,
    granted_by TEXT,
    granted_at BIGINT NOT NULL,
    PRIMARY KEY (version_id, grant_id)
);

CREATE TABLE module_settings (
    module TEXT NOT NULL REFERENCES modules (key) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    sealed BYTEA,
    PRIMARY KEY (module, key)
);

-- Counters by which processes notice each other's changes.
CREATE TABLE generations (
    name TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);
