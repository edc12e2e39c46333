/// The erasure of what was recorded of a person, before it was asked for: name, UPN, IP addresses, reasons and statements.
///
/// The id of the actor stays, as do the changes.
package struct Erasure: Sendable {
  package let id: Int64
  package let actorType: Change.ActorType
  package let actorID: String
  package let asked: Timestamp
  /// Nothing while it is under way.
  package let finished: Timestamp?

  package init(
    id: Int64,
    actorType: Change.ActorType,
    actorID: String,
    asked: Timestamp,
    finished: Timestamp?
  ) {
    self.id = id
    self.actorType = actorType
    self.actorID = actorID
    self.asked = asked
    self.finished = finished
  }

  /// What an erasure would do now.
  package struct Plan: Sendable {
    /// What was recorded with changes, with statements about them, and with service events, and would go.
    package var changes: Int64 = 0
    package var events: Int64 = 0
    /// What is held, and so stays.
    package var held: Int64 = 0

    package init() {}
  }
}
