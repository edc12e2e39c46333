import Foundation
import GRDB
import ReflogModel

/// Makes the records of entries from the columns of their rows.
struct Records {
  private let db: Database

  init(_ db: Database) {
    self.db = db
  }

  /// The record of the entry that a change is recorded with, with this salt: its intent, or all of it where it was born
  /// settled.
  func first(of change: Change, _ salt: Salt) throws -> EntryRecord {
    try Self.first(of: change, salt, personal: try personalHash(of: change))
  }

  static func first(of change: Change, _ salt: Salt, personal: Hash?) throws -> EntryRecord {
    if let outcome = change.outcome {
      try EntryRecord(settled: change, outcome: outcome, salt: salt, personal: personal)
    } else {
      try EntryRecord(intentOf: change, sequence: change.sequence, salt: salt, personal: personal)
    }
  }

  /// The record of what became of a change whose first entry has this hash.
  func outcome(_ outcome: Change.Outcome, of change: Change, intent: Hash, _ salt: Salt) throws -> EntryRecord {
    try EntryRecord(
      outcome: outcome,
      of: change,
      intent: intent,
      salt: salt,
      personal: outcome.settledBy == .person ? try statementHash(of: change) : nil
    )
  }

  func event(_ event: ServiceEvent, _ salt: Salt) throws -> EntryRecord {
    try EntryRecord(event, salt: salt, personal: try personalHash(of: event))
  }

  /// The hash of what a change's first entry says of people; nothing where that is nothing.
  func personalHash(of change: Change) throws -> Hash? {
    try hash(
      "SELECT salt, erased_hash, actor_name, ip_address, reason FROM change_personal WHERE change = ?",
      change.id.number
    ) { salt, _ in
      try PersonalPart(salt: salt, actor: change.intent.actor, reason: change.intent.reason)
    }
  }

  func personalHash(of event: ServiceEvent) throws -> Hash? {
    try hash("SELECT salt, erased_hash, actor_name, ip_address FROM service_event_personal WHERE event = ?", event.id) {
      salt,
      _ in
      guard let actor = event.content.actor else { throw LedgerError.corrupt("service event \(event.id) is of nobody") }
      return try PersonalPart(salt: salt, actor: actor)
    }
  }

  /// The hash of what a person said of a change.
  func statementHash(of change: Change) throws -> Hash? {
    try hash(
      """
      SELECT salt, erased_hash, actor_type, actor_id, actor_name.name, actor_name.user_principal_name, ip_address, reason,
        change_statement.actor_name
      FROM change_statement
      JOIN actor ON actor.id = change_statement.actor
      LEFT JOIN actor_name ON actor_name.id = change_statement.actor_name AND actor_name.actor = change_statement.actor
      WHERE change = ?
      """,
      change.id.number
    ) { salt, row in
      guard let type = Change.ActorType(rawValue: try row.text(2)) else {
        throw LedgerError.corrupt("what was said of change \(change.id) is damaged")
      }
      let actor = Change.Actor(
        type: type,
        id: try row.optionalText(3),
        name: try row.optionalText(4),
        userPrincipalName: try row.optionalText(5),
        ipAddress: try row.optionalText(6)
      )
      return try PersonalPart(salt: salt, statement: actor, reason: try row.text(7))
    }
  }

  /// Who said what of a change where that is erased; nothing where it is not, or nobody said anything.
  func erasedTeller(of change: Change) throws -> Change.Actor? {
    let row = try Row.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT actor_type, actor_id FROM change_statement JOIN actor ON actor.id = change_statement.actor
          WHERE change = ? AND erased_hash IS NOT NULL
          """
      ),
      arguments: [change.id.number]
    )
    return try row.map { row in
      guard let type = Change.ActorType(rawValue: try row.text(0)) else {
        throw LedgerError.corrupt("what was said of change \(change.id) is damaged")
      }
      return Change.Actor(type: type, id: try row.optionalText(1))
    }
  }

  /// Whether what an event says of people is erased.
  func isErased(_ event: ServiceEvent) throws -> Bool {
    try Bool.fetchOne(
      db.cachedStatement(sql: "SELECT erased_hash IS NOT NULL FROM service_event_personal WHERE event = ?"),
      arguments: [event.id]
    ) ?? false
  }

  /// The columns that are empty once what they say is erased.
  private static let words = ["actor_name", "ip_address", "reason"]

  /// The hash of what a row says of people, whose first columns are its salt and the hash that stands there once it is erased;
  /// nothing where there is no row.
  private func hash(
    _ sql: String,
    _ id: Int64,
    _ part: (Salt, Row) throws -> PersonalPart
  ) throws -> Hash? {
    guard let row = try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [id]) else { return nil }
    if let erased = try row.optionalBytes(1) {
      guard let hash = Hash(bytes: erased),
        Self.words.allSatisfy({ row.hasColumn($0) ? row[$0] as DatabaseValue == .null : true })
      else {
        throw LedgerError.corrupt("what was erased is there, or its hash is damaged")
      }
      return hash
    }
    guard let salt = try row.optionalBytes(0).flatMap({ Salt(bytes: $0) }) else {
      throw LedgerError.corrupt("a salt is missing")
    }
    return try part(salt, row).hash
  }
}
