-- The table of references, and an audit table with four indexes. A trigger appends to the audit table.

DROP TABLE IF EXISTS reference, audit;

CREATE TABLE reference (
  address text PRIMARY KEY,
  connector text NOT NULL,
  changed timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE audit (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  changed timestamptz NOT NULL DEFAULT clock_timestamp(),
  address text NOT NULL,
  before text,
  after text,
  actor text NOT NULL DEFAULT session_user
);

-- The fourth index is that of the primary key.
CREATE INDEX audit_address ON audit (address, id);
CREATE INDEX audit_actor ON audit (actor, id);
CREATE INDEX audit_changed ON audit (changed);

CREATE OR REPLACE FUNCTION append_to_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audit (address, before, after) VALUES (NEW.address, OLD.connector, NEW.connector);
  RETURN NULL;
END
$$;

CREATE TRIGGER reference_audit AFTER UPDATE ON reference FOR EACH ROW EXECUTE FUNCTION append_to_audit();

INSERT INTO reference (address, connector)
SELECT 'b2cUserFlows/B2C_1_bench' || number || '/postFederationSignup', '3f1c7a52-8d0e-4b4f-9c57-5b1f0a6d2e01'
FROM generate_series(0, :addresses - 1) AS number;
