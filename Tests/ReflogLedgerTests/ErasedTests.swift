import Foundation
import ReflogLedger
import ReflogModel
import ReflogStorage
import ReflogTesting
import Testing

/// Tests that an erased record shows its erasure, and that an erasure finds every kind of actor.
struct ErasedTests {
  private static let adele = Change.Actor(type: .user, id: "oid", name: "Adele", userPrincipalName: "adele@x.example")
  private static let program = Change.Actor(type: .app, id: "principal", name: "Pipeline", clientAppID: "client")
  private static let token = Change.Actor(type: .token, id: "0123", name: "deploy", ipAddress: "192.0.2.7")
  /// An application with the same id as the person.
  private static let namesake = Change.Actor(type: .app, id: "oid", name: "Namesake", clientAppID: "other")
  private static let admin = Change.Actor(type: .token, id: "admin", name: "admin")

  /// Subjects of erasures. For each subject, the number of actors that it identifies, and the ids of their changes.
  ///
  /// Adele makes change 1, the program makes change 2, the token makes change 3, and the namesake makes change 4.
  private static let subjects: [(subject: Erasure.Subject, actors: Int, changes: [Int64])] = [
    (.actor("oid"), 2, [1, 4]), (.actor("OID"), 2, [1, 4]), (.actor("principal"), 1, [2]), (.actor("0123"), 1, [3]),
    (.actor("client"), 0, []), (.actor("Adele"), 0, []), (.actor(""), 0, []), (.app("principal"), 1, [2]),
    (.app("client"), 1, [2]), (.app("CLIENT"), 1, [2]), (.app("oid"), 1, [4]), (.app("other"), 1, [4]),
    (.app("0123"), 0, []), (.token("0123"), 1, [3]), (.token("oid"), 0, []), (.token("deploy"), 0, []),
  ]

  private func withChanges(_ body: (Ledger, any TestDatabase) async throws -> Void) async throws {
    try await withLedgerDatabase { ledger, database in
      for actor in [Self.adele, Self.program, Self.token, Self.namesake] {
        try await ledger.apply(Sample.intent(before: .none, after: .none, by: actor))
        try await ledger.record([ServiceEvent.Content(.export, actor: actor)])
      }
      try await body(ledger, database)
    }
  }

  private func events(_ ledger: Ledger) async throws -> [ServiceEvent] {
    try await ledger.history.oldestEvents(after: 0, upTo: .max, limit: 1000)
  }

  @Test(arguments: subjects)
  func anErasureCoversTheRecordsAboutItsSubject(
    _ row: (subject: Erasure.Subject, actors: Int, changes: [Int64])
  ) async throws {
    try await withChanges { ledger, _ in
      let plan = try await ledger.planErasure(of: row.subject)

      #expect(try await ledger.erase(row.subject, by: Self.admin) == row.actors)

      #expect(plan?.changes == (row.actors == 0 ? nil : Int64(row.changes.count)))
      #expect(plan?.events == plan?.changes)
      let changes = try await ledger.history.changes().reversed()
      #expect(changes.filter { $0.erased != nil }.map(\.id.number) == row.changes)
      #expect(changes.filter { $0.intent.reason == nil }.map(\.id.number) == row.changes)
      let done = try await ledger.history.erasures()
      #expect(done.count == row.actors)
      #expect(done.allSatisfy { $0.changes == 1 && $0.events == 1 && $0.finished != nil })
    }
  }

  @Test func everyErasedRecordShowsTheEventThatErasedIt() async throws {
    try await withChanges { ledger, _ in
      let pending = try await ledger.record(Sample.intent(before: .none, after: .none, by: Self.token), .intended)
      let statement = Change.Statement(result: .applied, reason: "seen in the portal", actor: Self.adele)
      _ = try await ledger.settle(pending, by: .stated(statement), settledBy: .person)

      try await ledger.erase(.actor("oid"), by: Self.admin)

      let events = try await events(ledger)
      let asked = events.filter { $0.content.kind == .erased }
      let byAdele = try #require(asked.first)
      let expected = Erased(eventID: byAdele.id, dateTime: byAdele.activityDateTime)
      let changes = try await ledger.history.changes()
      let (stated, first) = (try #require(changes.first), try #require(changes.last))
      #expect(first.erased == expected)
      #expect(first.outcome?.erased == nil)
      #expect(stated.erased == nil)
      #expect(stated.outcome?.erased == expected)
      #expect(stated.outcome?.message == nil)
      #expect(events.filter { $0.erased != nil }.map(\.content.actor?.id) == ["oid", "oid"])
      #expect(events.first { $0.content.kind == .export }?.erased == expected)
      #expect(try await ledger.history.erasures().map(\.changes) == [2, 1])
      for text in ["erased/eventId eq '\(byAdele.id)'", "erased/dateTime eq \(byAdele.activityDateTime)"] {
        let query = ChangeQuery(filter: try ChangeFilter.parse(text))
        #expect(try await ledger.history.changes(query).contains { $0.id == first.id }, "\(text)")
      }
      let report = try await ledger.report()
      #expect(report.isClean)
      #expect(report.erased == 5)
    }
  }

  @Test func missingDataWithoutAnErasureIsAnError() async throws {
    try await withChanges { ledger, database in
      for (table, id) in [("change_personal", "change"), ("service_event_personal", "event")] {
        let reason = table == "change_personal" ? "reason = NULL," : ""
        try database.edit(
          """
          UPDATE \(table) SET salt = NULL, actor_name = NULL, ip_address = NULL, \(reason)
            erased_hash = zeroblob(32) WHERE \(id) = 1
          """
        )
      }

      await #expect(throws: LedgerError.self) { try await ledger.history.change(Change.ID(1)) }
      await #expect(throws: LedgerError.self) { try await events(ledger) }
      #expect(try await ledger.history.change(Change.ID(2)) != nil)
    }
  }
}
