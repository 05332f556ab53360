-- Tables that modules made for themselves: what they said of them. The tables stand beside the panel's own, in a schema of
-- their own on PostgreSQL and under a prefix on SQLite.

CREATE TABLE module_tables (
    module TEXT NOT NULL,
    name TEXT NOT NULL,
    definition TEXT NOT NULL,
    PRIMARY KEY (module, name)
) STRICT;
