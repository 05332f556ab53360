-- How a version stood its own scenarios, played again on this panel's machine: the last time somebody asked.
CREATE TABLE module_trials (
    version_id TEXT NOT NULL PRIMARY KEY REFERENCES module_versions (id) ON DELETE CASCADE,
    began_at INTEGER NOT NULL,
    began_by TEXT NOT NULL,
    ended_at INTEGER,
    report TEXT,
    error TEXT
) STRICT;
