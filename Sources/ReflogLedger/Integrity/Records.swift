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
    Self.first(of: change, salt, personal: try personalHash(of: change))
  }

  static func first(of change: Change, _ salt: Salt, personal: Hash?) -> EntryRecord {
    if let outcome = change.outcome {
      EntryRecord(settled: change, outcome: outcome, salt: salt, personal: personal)
    } else {
      EntryRecord(intentOf: change, sequence: change.sequence, salt: salt, personal: personal)
    }
  }

  /// The record of what became of a change whose first entry has this hash.
  func outcome(_ outcome: Change.Outcome, of change: Change, intent: Hash, _ salt: Salt) throws -> EntryRecord {
    EntryRecord(
      outcome: outcome,
      of: change,
      intent: intent,
      salt: salt,
      personal: outcome.settledBy == .person ? try statementHash(of: change) : nil
    )
  }

  func event(_ event: ServiceEvent, _ salt: Salt) throws -> EntryRecord {
    let personal = try storedSalt("SELECT salt FROM service_event_personal WHERE event = ?", event.id).flatMap { salt in
      try event.content.actor.map { try PersonalPart(salt: salt, actor: $0).hash() }
    }
    return EntryRecord(event, salt: salt, personal: personal)
  }

  private func personalHash(of change: Change) throws -> Hash? {
    try storedSalt("SELECT salt FROM change_personal WHERE change = ?", change.id.number).map { salt in
      try PersonalPart(salt: salt, actor: change.intent.actor, reason: change.intent.reason).hash()
    }
  }

  private func statementHash(of change: Change) throws -> Hash? {
    let row = try Row.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT salt, actor_type, actor_id, name, user_principal_name, ip_address, reason FROM change_statement
          JOIN actor ON actor.id = change_statement.actor
          LEFT JOIN actor_name ON actor_name.id = change_statement.actor_name
          WHERE change = ?
          """
      ),
      arguments: [change.id.number]
    )
    guard let row else { return nil }
    guard let salt = Salt(bytes: row[0] as Data), let type = Change.ActorType(rawValue: row[1]) else {
      throw LedgerError.corrupt("what was said of change \(change.id) is damaged")
    }
    let actor = Change.Actor(type: type, id: row[2], name: row[3], userPrincipalName: row[4], ipAddress: row[5])
    return try PersonalPart(salt: salt, statement: actor, reason: row[6]).hash()
  }

  private func storedSalt(_ sql: String, _ id: Int64) throws -> Salt? {
    try Data.fetchOne(db.cachedStatement(sql: sql), arguments: [id]).map { data in
      guard let salt = Salt(bytes: data) else { throw LedgerError.corrupt("a salt has \(data.count) bytes") }
      return salt
    }
  }
}
