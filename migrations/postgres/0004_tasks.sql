-- The queue.

CREATE TABLE tasks (
    id TEXT NOT NULL PRIMARY KEY,
    queue TEXT NOT NULL,
    module TEXT NOT NULL,
    version_id TEXT NOT NULL,
    method TEXT NOT NULL,
    payload TEXT NOT NULL,
    service_id TEXT,
    tags TEXT NOT NULL,
    actor TEXT,
    status TEXT NOT NULL,
    tries BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    lost BIGINT NOT NULL,
    exceptions BIGINT NOT NULL,
    max_exceptions BIGINT NOT NULL,
    backoff_s BIGINT NOT NULL,
    timeout_s BIGINT NOT NULL,
    run_at BIGINT NOT NULL,
    unique_key TEXT,
    lease_owner TEXT,
    lease_until BIGINT,
    progress BIGINT,
    progress_message TEXT,
    last_error TEXT,
    result TEXT,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    finished_at BIGINT
);

-- Claiming: what waits, module by module.
CREATE INDEX tasks_pending ON tasks (module, run_at, id) WHERE status = 'pending';
-- Fair share: which modules wait, how much each runs, and when it last started something. Also reaping.
CREATE INDEX tasks_module ON tasks (status, module);
CREATE INDEX tasks_started ON tasks (module, started_at);
-- Two tasks of one service never run together, whatever claimed them.
CREATE UNIQUE INDEX tasks_running_service ON tasks (service_id) WHERE status = 'running';
-- One unfinished task per unique key and module.
CREATE UNIQUE INDEX tasks_unique_key ON tasks (module, unique_key)
    WHERE unique_key IS NOT NULL AND status IN ('pending', 'running');
CREATE INDEX tasks_service ON tasks (service_id, id);
-- Counting.
CREATE INDEX tasks_queue ON tasks (queue, status);
