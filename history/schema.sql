-- One day of lookups (UTC). Every statement that reads or writes these tables stands beside the code that binds it:
-- store.cpp, dictionary.cpp, search.cpp, looked_up_names.cpp.

PRAGMA application_id = 0x53474831;  -- "SGH1"
PRAGMA user_version = 1;

-- A journal ring that rows came from. `sequence`: every record of this day with a sequence up to it is in this file and
-- no later one is. It changes in the transaction that adds the rows, which makes each record stored exactly once.
CREATE TABLE ring (
  id       INTEGER PRIMARY KEY,
  key      TEXT    NOT NULL UNIQUE,
  node     TEXT    NOT NULL,
  site     TEXT    NOT NULL,
  sequence INTEGER NOT NULL
) STRICT;

-- Dictionaries: each value once. `value` is compared, `text` is shown.
CREATE TABLE device   (id INTEGER PRIMARY KEY, value BLOB NOT NULL UNIQUE, text TEXT NOT NULL) STRICT;
CREATE TABLE client   (id INTEGER PRIMARY KEY, value BLOB NOT NULL UNIQUE, text TEXT NOT NULL) STRICT;  -- 16 octets
CREATE TABLE category (id INTEGER PRIMARY KEY, value BLOB NOT NULL UNIQUE, text TEXT NOT NULL) STRICT;
CREATE TABLE list     (id INTEGER PRIMARY KEY, value BLOB NOT NULL UNIQUE, text TEXT NOT NULL) STRICT;
CREATE TABLE tag_set  (id INTEGER PRIMARY KEY, value BLOB NOT NULL UNIQUE, text TEXT NOT NULL) STRICT;  -- bits; ids
-- value: labels from the right, so that the names under a name are one range of the index; see name_key.h.
CREATE TABLE name     (id INTEGER PRIMARY KEY, value BLOB NOT NULL UNIQUE, text TEXT NOT NULL) STRICT;

-- In the order of time, which is nearly the order of arrival: rows are appended, not scattered.
CREATE TABLE lookup (
  time_us     INTEGER NOT NULL,
  ring        INTEGER NOT NULL,
  sequence    INTEGER NOT NULL,
  device      INTEGER NOT NULL,
  client      INTEGER NOT NULL,
  name        INTEGER NOT NULL,
  qtype       INTEGER NOT NULL,
  rcode       INTEGER NOT NULL,
  verdict     INTEGER NOT NULL,  -- LookupVerdict
  category    INTEGER NOT NULL,
  list        INTEGER NOT NULL,
  tag_set     INTEGER NOT NULL,
  transport   INTEGER NOT NULL,  -- Transport
  cached      INTEGER NOT NULL,
  duration_us INTEGER NOT NULL,
  PRIMARY KEY (time_us, ring, sequence)
) WITHOUT ROWID, STRICT;

CREATE INDEX lookup_by_device ON lookup (device, time_us, ring, sequence);

-- The day in short: "who asked for this name" without touching the rows.
CREATE TABLE summary (
  name     INTEGER NOT NULL,
  device   INTEGER NOT NULL,
  verdict  INTEGER NOT NULL,
  count    INTEGER NOT NULL,
  first_us INTEGER NOT NULL,
  last_us  INTEGER NOT NULL,
  PRIMARY KEY (name, device, verdict)
) WITHOUT ROWID, STRICT;
