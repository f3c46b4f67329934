-- every version of every key, delete markers too; seq is the order they were written in
CREATE TABLE IF NOT EXISTS versions (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL,
    version_id TEXT NOT NULL UNIQUE,
    latest INTEGER NOT NULL,
    delete_marker INTEGER NOT NULL,
    blob TEXT,
    size INTEGER NOT NULL,
    etag TEXT NOT NULL,
    modified_ms INTEGER NOT NULL,
    attributes TEXT NOT NULL,
    checksums TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS versions_by_key ON versions (key, seq DESC);
CREATE UNIQUE INDEX IF NOT EXISTS one_latest_version ON versions (key) WHERE latest = 1;
CREATE INDEX IF NOT EXISTS versions_by_blob ON versions (blob);

CREATE TABLE IF NOT EXISTS uploads (
    upload_id TEXT PRIMARY KEY,
    key TEXT NOT NULL,
    initiated_ms INTEGER NOT NULL,
    attributes TEXT NOT NULL,
    checksum TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS uploads_by_key ON uploads (key, upload_id);

CREATE TABLE IF NOT EXISTS parts (
    upload_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    blob TEXT NOT NULL,
    size INTEGER NOT NULL,
    etag TEXT NOT NULL,
    modified_ms INTEGER NOT NULL,
    checksums TEXT NOT NULL,
    PRIMARY KEY (upload_id, number)
) STRICT;

-- visible_ms counts from the opening of the database, see Database::elapsed_ms
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    body TEXT NOT NULL,
    visible_ms INTEGER NOT NULL,
    receive_count INTEGER NOT NULL DEFAULT 0,
    first_enqueued_ms INTEGER NOT NULL,
    receipt TEXT UNIQUE,
    dead INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS messages_due ON messages (dead, visible_ms, id);
