#if PostgreSQL
import ReflogMigrations
package import ReflogStorage

/// A table, column, constraint, index, rule or view of a ledger's schema.
///
/// Functions and triggers are not included, because functions and triggers do not run in a query.
package struct SchemaItem: Hashable, Sendable {
  /// The type and the name, for example `index change_actor`.
  package let name: String
  /// The first part of the SHA-256 hash of the definition, in hexadecimal digits.
  ///
  /// PostgreSQL writes the definition as a text, and the hash is computed from that text.
  package let digest: String

  /// Creates an item.
  package init(name: String, digest: String) {
    self.name = name
    self.digest = digest
  }

  /// The version of PostgreSQL that wrote the definitions in ``expected``.
  ///
  /// Another version can write the same definition in another form. So with another version, only the names are
  /// compared.
  static let version: Int64 = 15

  /// The items that the migrations create, from a file that `Tests/EndToEnd/postgresqlschema.py` writes.
  static let expected = Migrations.postgreSQLSchema.split(separator: "\n").map { line in
    SchemaItem(name: String(line.drop { $0 != " " }.dropFirst()), digest: String(line.prefix { $0 != " " }))
  }

  /// Returns the items of the connection's current schema, sorted by their names.
  package static func all(_ db: any LedgerConnection) throws -> [SchemaItem] {
    try db.rows(query) { SchemaItem(name: try $0.text(0), digest: try $0.text(1)) }
  }

  /// The item without the hash of its definition, for comparisons of names.
  var named: SchemaItem { SchemaItem(name: name, digest: "") }

  /// Returns the names of the items that are missing, altered or added.
  package static func differences(_ found: [SchemaItem], _ expected: [SchemaItem]) -> [String] {
    Set(Set(found).symmetricDifference(expected).map(\.name)).sorted()
  }

  /// The SQL that reads all items of the schema.
  ///
  /// The result also includes a relation in another schema of the search path if the relation has the same name as a
  /// table of Reflog. A query could read such a relation in place of the table.
  ///
  /// PostgreSQL can't write the definition of a constraint if the index of the constraint is missing in the catalog. In
  /// this case, the definition is NULL.
  ///
  /// PostgreSQL 18 also stores NOT NULL as a constraint. These constraints are left out, because the definitions of the
  /// columns already contain NOT NULL.
  private static let query = #"""
    SELECT item, left(encode(sha256(convert_to(coalesce(definition, ''), 'UTF8')), 'hex'), 32) FROM (
      SELECT
        CASE relkind WHEN 'r' THEN 'table ' WHEN 'v' THEN 'view ' ELSE 'relation ' END || relname::text AS item,
        concat_ws(
          ' ', relkind::text, relpersistence::text, relrowsecurity::text, relforcerowsecurity::text,
          (SELECT count(*) FROM pg_inherits WHERE inhparent = pg_class.oid OR inhrelid = pg_class.oid)::text,
          CASE WHEN relkind = 'v' THEN pg_get_viewdef(oid, true) END
        ) AS definition
      FROM pg_class
      WHERE relnamespace = current_schema()::regnamespace AND relkind NOT IN ('i', 'I', 'S', 'c', 't')
      UNION ALL
      SELECT
        'column ' || relname::text || '.' || attname::text,
        concat_ws(
          ' ', format_type(atttypid, atttypmod), attnotnull::text, attgenerated::text, attidentity::text,
          (SELECT collname::text FROM pg_collation WHERE oid = attcollation),
          (SELECT pg_get_expr(adbin, adrelid, true) FROM pg_attrdef WHERE adrelid = attrelid AND adnum = attnum)
        )
      FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
      WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v') AND attnum > 0
        AND NOT attisdropped
      UNION ALL
      SELECT
        'constraint ' || relname::text || '.' || conname::text,
        CASE
          WHEN contype IN ('p', 'u', 'x') AND NOT EXISTS (SELECT FROM pg_index WHERE indexrelid = conindid) THEN NULL
          ELSE concat_ws(' ', pg_get_constraintdef(pg_constraint.oid, true), convalidated::text)
        END
      FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
      WHERE connamespace = current_schema()::regnamespace AND contype <> 'n' AND contype <> 't'
      UNION ALL
      SELECT
        'index ' || relname::text,
        concat_ws(' ', pg_get_indexdef(indexrelid, 0, true), indisvalid::text, indisready::text, indislive::text)
      FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
      WHERE relnamespace = current_schema()::regnamespace
        AND (SELECT relkind FROM pg_class AS owner WHERE owner.oid = indrelid) <> 't'
      UNION ALL
      SELECT 'rule ' || relname::text || '.' || rulename::text, pg_get_ruledef(pg_rewrite.oid, true)
      FROM pg_rewrite JOIN pg_class ON pg_class.oid = ev_class
      WHERE relnamespace = current_schema()::regnamespace AND rulename <> '_RETURN'
      UNION ALL
      SELECT 'policy ' || relname::text || '.' || polname::text, pg_get_expr(polqual, polrelid, true)
      FROM pg_policy JOIN pg_class ON pg_class.oid = polrelid
      WHERE relnamespace = current_schema()::regnamespace
      UNION ALL
      SELECT 'relation ' || nspname::text || '.' || relname::text, ''
      FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
      WHERE nspname = ANY (current_schemas(true)) AND nspname <> current_schema()
        AND relname IN (SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace)
    ) AS items
    ORDER BY item COLLATE "C", definition COLLATE "C"
    """#
}
#endif
