-- Short-lived values of modules. `cache_usage` counts them, so that a quota is checked without counting rows; its row is also
-- what writers of one module wait for.

CREATE TABLE cache_usage (
    module TEXT NOT NULL PRIMARY KEY REFERENCES modules (key) ON DELETE CASCADE,
    entries BIGINT NOT NULL,
    bytes BIGINT NOT NULL
);

CREATE TABLE cache_entries (
    module TEXT NOT NULL REFERENCES cache_usage (module) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (module, key)
);

CREATE INDEX cache_entries_age ON cache_entries (module, expires_at);

CREATE TABLE cache_tags (
    module TEXT NOT NULL,
    key TEXT NOT NULL,
    tag TEXT NOT NULL,
    PRIMARY KEY (module, key, tag),
    FOREIGN KEY (module, key) REFERENCES cache_entries (module, key) ON DELETE CASCADE
);

CREATE INDEX cache_tags_tag ON cache_tags (module, tag);
