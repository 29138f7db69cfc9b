-- The last position of each tenant's log.
CREATE TABLE tenants (
    tenant TEXT NOT NULL,
    head INTEGER NOT NULL,
    PRIMARY KEY (tenant)
) WITHOUT ROWID;

-- The log. Never updated, never deleted from. Times are milliseconds since the epoch.
CREATE TABLE events (
    tenant TEXT NOT NULL,
    stream TEXT NOT NULL,
    version INTEGER NOT NULL,
    position INTEGER NOT NULL,
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    schema_version INTEGER NOT NULL,
    time INTEGER NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    correlation TEXT NOT NULL,
    causation TEXT NOT NULL,
    reason TEXT,
    payload BLOB NOT NULL,
    PRIMARY KEY (tenant, stream, version)
) WITHOUT ROWID;
CREATE UNIQUE INDEX events_position ON events (tenant, position);
CREATE UNIQUE INDEX events_id ON events (tenant, id);
CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;

-- The first answer to each idempotency key.
CREATE TABLE idempotency (
    tenant TEXT NOT NULL,
    key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    response BLOB NOT NULL,
    PRIMARY KEY (tenant, key)
) WITHOUT ROWID;

-- Envelopes to publish.
CREATE TABLE outbox (
    tenant TEXT NOT NULL,
    position INTEGER NOT NULL,
    event TEXT NOT NULL,
    envelope BLOB NOT NULL,
    published INTEGER,
    PRIMARY KEY (tenant, position)
) WITHOUT ROWID;
CREATE INDEX outbox_pending ON outbox (tenant, position) WHERE published IS NULL;

-- What other systems sent and was consumed.
CREATE TABLE inbox (
    tenant TEXT NOT NULL,
    consumer TEXT NOT NULL,
    event TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (tenant, consumer, event)
) WITHOUT ROWID;

CREATE TABLE timers (
    tenant TEXT NOT NULL,
    due INTEGER NOT NULL,
    id TEXT NOT NULL,
    stream TEXT NOT NULL,
    kind TEXT NOT NULL,
    PRIMARY KEY (tenant, due, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX timers_id ON timers (tenant, id);

-- What must be unique, such as the order of an accepted revision.
CREATE TABLE claims (
    tenant TEXT NOT NULL,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    owner TEXT NOT NULL,
    PRIMARY KEY (tenant, kind, value)
) WITHOUT ROWID;

-- Who needs which package.
CREATE TABLE package_references (
    tenant TEXT NOT NULL,
    package TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (tenant, package, kind, id)
) WITHOUT ROWID;

-- Which package decides for which selling dates; both days are included.
CREATE TABLE routes (
    tenant TEXT NOT NULL,
    ruleset TEXT NOT NULL,
    package TEXT NOT NULL,
    ruleset_version TEXT NOT NULL,
    effective_from TEXT NOT NULL,
    effective_to TEXT,
    PRIMARY KEY (tenant, ruleset, package)
) WITHOUT ROWID;

-- How far each projection has come.
CREATE TABLE checkpoints (
    tenant TEXT NOT NULL,
    projection TEXT NOT NULL,
    position INTEGER NOT NULL,
    as_of INTEGER,
    PRIMARY KEY (tenant, projection)
) WITHOUT ROWID;

CREATE TABLE quotes (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    state TEXT NOT NULL,
    account TEXT NOT NULL,
    version INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    PRIMARY KEY (tenant, id)
) WITHOUT ROWID;
CREATE INDEX quotes_updated ON quotes (tenant, updated DESC, id);

CREATE TABLE orders (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    quote TEXT NOT NULL,
    revision INTEGER NOT NULL,
    state TEXT NOT NULL,
    account TEXT NOT NULL,
    version INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    PRIMARY KEY (tenant, id)
) WITHOUT ROWID;
CREATE INDEX orders_updated ON orders (tenant, updated DESC, id);
