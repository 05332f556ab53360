-- People, their ways in, and the record of what they did.

CREATE TABLE admins (
    id TEXT NOT NULL PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    locale TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE tokens (
    id TEXT NOT NULL PRIMARY KEY,
    admin_id TEXT NOT NULL REFERENCES admins (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    expires_at BIGINT
);

CREATE INDEX tokens_admin ON tokens (admin_id);

CREATE TABLE sessions (
    token_hash TEXT NOT NULL PRIMARY KEY,
    principal_kind TEXT NOT NULL,
    principal_id TEXT NOT NULL,
    csrf TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    data TEXT NOT NULL
);

CREATE INDEX sessions_principal ON sessions (principal_kind, principal_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE throttle (
    subject TEXT NOT NULL,
    at BIGINT NOT NULL
);

CREATE INDEX throttle_subject ON throttle (subject, at);
CREATE INDEX throttle_age ON throttle (at);

CREATE TABLE clients (
    id TEXT NOT NULL PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password_hash TEXT,
    locale TEXT NOT NULL,
    currency TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE audit (
    id BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    hash TEXT NOT NULL
);

CREATE INDEX audit_actor ON audit (actor, id);
CREATE INDEX audit_subject ON audit (subject, id);

-- The chain's end: appending takes this row's lock, so two appends never share a predecessor.
CREATE TABLE audit_head (
    one BIGINT NOT NULL PRIMARY KEY,
    id BIGINT NOT NULL,
    hash TEXT NOT NULL
);

INSERT INTO audit_head (one, id, hash) VALUES (1, 0, '');
