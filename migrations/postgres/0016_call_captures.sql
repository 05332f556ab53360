-- What it takes to make calls that failed again: what the guest was called with, and what was said over HTTP, without secrets.
CREATE TABLE call_captures (
    call_id TEXT NOT NULL PRIMARY KEY REFERENCES calls (id) ON DELETE CASCADE,
    module TEXT NOT NULL,
    captured TEXT NOT NULL
);

CREATE INDEX call_captures_module ON call_captures (module, call_id);
