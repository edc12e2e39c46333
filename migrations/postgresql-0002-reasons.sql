-- The index of reasons: two tables that find the changes whose reasons contain a text of three or more letters.
--
-- The server builds these tables from the table `change_personal`, and can build them again at any time. The tables are
-- not part of the history. The server empties both tables before a purge or an erasure deletes the first row, and does
-- not build them until all purges and erasures are finished. So these tables have no trigger against TRUNCATE. With
-- SQLite, the index is in a separate file.

-- The contents of the index. The table has no row if the index is empty.
CREATE TABLE reason_index (
  id bigint PRIMARY KEY CHECK (id = 1),
  -- The number of letters with a form in lower case. This number identifies the rules that change a reason to lower case.
  letters bigint NOT NULL,
  -- The index contains the changes up to this id.
  through bigint NOT NULL,
  -- The long segments contain the changes up to this id. Short segments contain the newer changes.
  long_through bigint NOT NULL
);

-- The changes whose reasons contain three letters in a row (a trigram).
CREATE TABLE reason_trigram (
  -- The code points of the three letters in lower case, each with 21 bits.
  trigram bigint NOT NULL,
  -- The lowest id of the segment. A long segment has 65,536 ids, a short segment has 1,024 ids. When all changes of a
  -- long segment are recorded, the long segment replaces the short segments with these changes.
  segment bigint NOT NULL,
  -- The changes of the segment whose reasons contain the trigram, in ascending order. Each change is stored as the
  -- distance from the previous change in LEB128, and the first change as the distance from the id below the segment.
  changes bytea NOT NULL,
  PRIMARY KEY (trigram, segment)
);

-- The rights of the server's role.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'reflog_service') THEN
    GRANT SELECT, INSERT, TRUNCATE ON reason_index, reason_trigram TO reflog_service;
    GRANT UPDATE (letters, through, long_through) ON reason_index TO reflog_service;
    GRANT DELETE ON reason_trigram TO reflog_service;
  END IF;
END $$;

UPDATE schema_version SET version = 2 WHERE id = 1;
