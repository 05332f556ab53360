-- What modules said and what calls into them did.

CREATE TABLE module_log (
    id TEXT NOT NULL PRIMARY KEY,
    module TEXT NOT NULL,
    at BIGINT NOT NULL,
    level TEXT NOT NULL,
    action TEXT NOT NULL,
    request TEXT NOT NULL,
    response TEXT NOT NULL,
    call_id TEXT,
    task_id TEXT,
    service_id TEXT
);

CREATE INDEX module_log_module ON module_log (module, id);
CREATE INDEX module_log_service ON module_log (service_id, id);
CREATE INDEX module_log_task ON module_log (task_id, id);
CREATE INDEX module_log_age ON module_log (at);

CREATE TABLE calls (
    id TEXT NOT NULL PRIMARY KEY,
    module TEXT NOT NULL,
    version_id TEXT NOT NULL,
    export TEXT NOT NULL,
    at BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    message TEXT,
    wall_us BIGINT NOT NULL,
    cpu_us BIGINT NOT NULL,
    memory_bytes BIGINT NOT NULL,
    host_calls TEXT NOT NULL,
    task_id TEXT,
    service_id TEXT
);

CREATE INDEX calls_module ON calls (module, id);
CREATE INDEX calls_service ON calls (service_id, id);
CREATE INDEX calls_task ON calls (task_id, id);
CREATE INDEX calls_age ON calls (at);
