/** Marks a file as Dozor's (`DOZR`). */
export const APPLICATION_ID = 0x44_4f_5a_52;

/** Keys that hold a monitor and a piece of time in one whole number, so that the row order itself is the index. */
export const BLOCK_KEY = 2 ** 32;
/** The three roll-ups: table, length of a piece in ms, and how many pieces a monitor's range of keys has room for. */
export const LEVELS = [
  { table: 'minutes', spanMs: 60_000, key: 2 ** 26 },
  { table: 'hours', spanMs: 3_600_000, key: 2 ** 21 },
  { table: 'days', spanMs: 86_400_000, key: 2 ** 16 },
] as const;
export type Level = (typeof LEVELS)[number];

/**
 * The steps from an empty file to today's, numbered from 1, each run once in a transaction of its own. Never edit a step that was
 * released; add one.
 *
 * Checks arrive in `journal`, one row a batch, and are folded from there into `blocks` (per monitor, key = monitor × 2^32 + second of
 * the first check) and the roll-ups in one transaction, so that each is counted exactly once (docs/adr/0002-store-layout.md).
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE journal (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
  CREATE TABLE blocks (id INTEGER PRIMARY KEY, oldest INTEGER NOT NULL, newest INTEGER NOT NULL, last INTEGER NOT NULL, body BLOB NOT NULL);
  CREATE TABLE bad (id INTEGER PRIMARY KEY, monitor INTEGER NOT NULL, at INTEGER NOT NULL, body BLOB NOT NULL);
  CREATE INDEX bad_of_monitor ON bad (monitor, at);
  CREATE TABLE notes (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, body TEXT NOT NULL);
  CREATE TABLE addresses (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, body TEXT NOT NULL);
  CREATE TABLE minutes (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
  CREATE TABLE hours (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
  CREATE TABLE days (id INTEGER PRIMARY KEY, body BLOB NOT NULL);

  CREATE TABLE resources (
    id TEXT PRIMARY KEY, num INTEGER NOT NULL, kind TEXT NOT NULL, created_at INTEGER NOT NULL, retired_at INTEGER, body TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX resources_by_num ON resources (kind, num);
  CREATE TABLE states (subject TEXT PRIMARY KEY, body TEXT NOT NULL);
  CREATE TABLE meta (key TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;

  CREATE TABLE incidents (
    id TEXT PRIMARY KEY, code TEXT NOT NULL, service_id TEXT, state TEXT NOT NULL, at INTEGER NOT NULL, closed_at INTEGER, body TEXT NOT NULL
  );
  CREATE INDEX incidents_by_code ON incidents (code);
  CREATE INDEX incidents_by_time ON incidents (at, id);
  CREATE INDEX incidents_by_service ON incidents (service_id, at, id);
  CREATE INDEX incidents_by_state ON incidents (state, closed_at);
  CREATE TABLE timeline (id TEXT PRIMARY KEY, incident_id TEXT NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL);
  CREATE INDEX timeline_of_incident ON timeline (incident_id, at, id);

  CREATE TABLE alerts (id TEXT PRIMARY KEY, incident_id TEXT, at INTEGER NOT NULL, body TEXT NOT NULL);
  CREATE INDEX alerts_by_time ON alerts (at, id);
  CREATE INDEX alerts_of_incident ON alerts (incident_id, at, id);
  CREATE TABLE deliveries (
    id TEXT PRIMARY KEY, alert_id TEXT NOT NULL, incident_id TEXT, channel_id TEXT NOT NULL, status TEXT NOT NULL,
    at INTEGER NOT NULL, accepted_at INTEGER, parts INTEGER NOT NULL, cost REAL NOT NULL, body TEXT NOT NULL
  );
  CREATE INDEX deliveries_by_time ON deliveries (at, id);
  CREATE INDEX deliveries_of_alert ON deliveries (alert_id);
  CREATE INDEX deliveries_of_incident ON deliveries (incident_id, accepted_at);
  CREATE INDEX deliveries_of_channel ON deliveries (channel_id, at, id);
  CREATE INDEX deliveries_sent ON deliveries (channel_id, accepted_at);
  CREATE INDEX deliveries_pending ON deliveries (status) WHERE status IN ('waiting', 'sending');
  CREATE TABLE attempts (
    id INTEGER PRIMARY KEY, delivery_id TEXT NOT NULL, at INTEGER NOT NULL, took_ms INTEGER NOT NULL, outcome TEXT NOT NULL, error TEXT
  );
  CREATE INDEX attempts_of_delivery ON attempts (delivery_id);

  CREATE TABLE events (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, body TEXT NOT NULL);
  CREATE TABLE spans (id TEXT PRIMARY KEY, kind TEXT NOT NULL, monitor INTEGER, from_at INTEGER NOT NULL, to_at INTEGER);
  CREATE INDEX spans_of_monitor ON spans (monitor, from_at);
  CREATE TABLE beats (
    id INTEGER PRIMARY KEY, monitor INTEGER NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL, code INTEGER, body TEXT, sender TEXT
  );
  CREATE INDEX beats_of_monitor ON beats (monitor, id);
  CREATE TABLE tokens (id TEXT PRIMARY KEY, kind TEXT NOT NULL, hash TEXT NOT NULL, expires_at INTEGER, body TEXT NOT NULL);
  CREATE INDEX tokens_by_hash ON tokens (hash);
  CREATE TABLE audit (id TEXT PRIMARY KEY, at INTEGER NOT NULL, body TEXT NOT NULL);
  CREATE INDEX audit_by_time ON audit (at, id);
  `,
];
