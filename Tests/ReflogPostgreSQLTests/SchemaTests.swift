#if PostgreSQL
import ReflogLedger
import ReflogPostgreSQL
import ReflogStorage
import Testing

// Run these tests one after the other, because an extension that a test installs is visible in all schemas.
@Suite(.needsServer, .serialized)
struct SchemaTests {
  static let schema = [
    "CREATE TABLE flow (id bigint PRIMARY KEY, name text COLLATE \"C\" NOT NULL CHECK (name <> ''))",
    """
    CREATE TABLE sample (
      id bigint PRIMARY KEY, flow bigint REFERENCES flow, key bytea, kind text,
      doubled bigint GENERATED ALWAYS AS (id * 2) STORED
    )
    """,
    "CREATE INDEX sample_kind ON sample (kind) WHERE kind <> 'a'",
    "CREATE INDEX sample_flow ON sample (coalesce(flow, -id), kind)",
    "CREATE UNIQUE INDEX sample_key ON sample (key)",
    "CREATE VIEW seen AS SELECT id, name FROM flow WHERE id > 0",
  ]
  static let alterations: [(String, [String])] = [
    ("CREATE TABLE other (id bigint)", ["column other.id", "table other"]),
    ("DROP INDEX sample_kind", ["index sample_kind"]),
    ("DROP INDEX sample_kind; CREATE INDEX sample_kind ON sample (kind)", ["index sample_kind"]),
    ("CREATE OR REPLACE VIEW seen AS SELECT id, name FROM flow WHERE id > 1", ["view seen"]),
    ("ALTER TABLE flow DROP CONSTRAINT flow_name_check", ["constraint flow.flow_name_check"]),
    ("ALTER TABLE flow ALTER name DROP NOT NULL", ["column flow.name"]),
    ("ALTER TABLE flow ALTER name SET DEFAULT 'x'", ["column flow.name"]),
    ("ALTER TABLE flow ENABLE ROW LEVEL SECURITY", ["table flow"]),
    ("CREATE POLICY hidden ON flow USING (id > 1)", ["policy flow.hidden"]),
    ("CREATE RULE hidden AS ON DELETE TO flow DO INSTEAD NOTHING", ["rule flow.hidden"]),
    (
      "CREATE TABLE part () INHERITS (flow)",
      ["column part.id", "column part.name", "constraint part.flow_name_check", "table flow", "table part"]
    ),
  ]

  @Test func anUnalteredSchemaHasNoDifferences() async throws {
    try await withSchema { readers, _ in
      let altered = try await readers.alteredSchemaItems()

      #expect(altered == [])
    }
  }

  @Test(arguments: alterations.indices) func eachAlterationOfTheSchemaIsReported(_ index: Int) async throws {
    let (alteration, expected) = Self.alterations[index]
    try await withSchema { readers, connection in
      for sql in alteration.split(separator: "; ") { try connection.execute(String(sql)) }

      let altered = try await readers.alteredSchemaItems()

      #expect(altered == expected)
    }
  }

  @Test(arguments: [true, false]) func indexesThatMatchTheirTableAreNotDamaged(withAmcheck: Bool) async throws {
    try await withSchema { readers, connection in
      try fill(connection)
      if withAmcheck { try connection.execute("CREATE EXTENSION amcheck") }

      let damaged = try await readers.damagedTables()

      #expect(damaged.map(\.problem) == [])
      if withAmcheck { try connection.execute("DROP EXTENSION amcheck") }
    }
  }

  /// PostgreSQL adds new entries only to an index that is ready.
  @Test(
    arguments: ["sample_kind", "sample_flow", "sample_key", "sample_pkey"],
    [true, false]
  )
  func anIndexThatLacksARowIsDamaged(_ index: String, withAmcheck: Bool) async throws {
    try await withSchema { readers, connection in
      try fill(connection)
      let update = "UPDATE pg_index SET indisready = ?::text::boolean WHERE indexrelid = '\(index)'::regclass"
      try connection.execute(update, ["false"])
      try connection.execute("INSERT INTO sample VALUES (5000, 1, '\\x00', 'x')")
      try connection.execute(update, ["true"])
      if withAmcheck { try connection.execute("CREATE EXTENSION amcheck") }

      let damaged = try await readers.damagedTables()

      #expect(damaged.map(\.table) == ["sample"])
      #expect(damaged.first?.problem.contains(withAmcheck ? "\"\(index)\"" : "index \(index) does not") == true)
      if withAmcheck { try connection.execute("DROP EXTENSION amcheck") }
    }
  }

  private func fill(_ connection: PostgreSQLConnection) throws {
    try connection.execute("INSERT INTO flow VALUES (1, 'f')")
    try connection.execute(
      """
      INSERT INTO sample SELECT id, 1, decode(md5(id::text), 'hex'), CASE WHEN id % 2 = 0 THEN 'a' ELSE 'b' END
      FROM generate_series(1, 2000) AS id
      """
    )
  }

  private func withSchema(_ body: (PostgreSQLReaders, PostgreSQLConnection) async throws -> Void) async throws {
    try await TestServer.withSchema { address, connection in
      for sql in Self.schema { try connection.execute(sql) }
      let readers = PostgreSQLReaders(address, count: 1, schema: try SchemaItem.all(connection))
      defer { readers.close() }
      try await body(readers, connection)
    }
  }
}
#endif
