\set number :number + 1
\set flow (:client_id + :number) % :addresses
UPDATE reference
SET
  connector = CASE connector
    WHEN '3f1c7a52-8d0e-4b4f-9c57-5b1f0a6d2e01' THEN '8a64d9b0-21f7-4c1e-8f3a-7c92e4b5d602'
    ELSE '3f1c7a52-8d0e-4b4f-9c57-5b1f0a6d2e01'
  END,
  changed = clock_timestamp()
WHERE address = 'b2cUserFlows/B2C_1_bench' || :flow || '/postFederationSignup';
