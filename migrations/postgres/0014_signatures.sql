-- Who may sign packages, who signed what is installed, and what each module was before.

CREATE TABLE publishers (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    public_key TEXT NOT NULL UNIQUE,
    key_id TEXT NOT NULL UNIQUE,
    modules TEXT NOT NULL,
    added_by TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    revoked_by TEXT,
    revoked_at BIGINT
);

CREATE TABLE module_signatures (
    version_id TEXT NOT NULL PRIMARY KEY REFERENCES module_versions (id) ON DELETE CASCADE,
    publisher_id TEXT NOT NULL REFERENCES publishers (id),
    key_id TEXT NOT NULL,
    comment TEXT NOT NULL
);

-- Outlives versions and modules: what was deleted must not come back older, or from somebody else, unseen.
CREATE TABLE module_trust (
    module TEXT NOT NULL PRIMARY KEY,
    publisher_id TEXT REFERENCES publishers (id),
    floor TEXT
);

INSERT INTO module_trust (module, publisher_id, floor)
SELECT m.key, NULL, v.version FROM modules m JOIN module_versions v ON v.id = m.active;
