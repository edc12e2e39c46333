/// The erasure of an actor's personal data that was recorded before the erasure was requested.
///
/// Personal data is the name, the UPN, the IP address, the reasons and the statements. The actor's id and the changes
/// are kept.
package struct Erasure: Sendable {
  package let id: Int64
  package let actorType: Change.ActorType
  package let actorID: String
  /// When the erasure was requested.
  package let asked: Timestamp
  /// When the erasure was finished, or nil if the erasure is running.
  package let finished: Timestamp?

  /// Creates an erasure.
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

  /// The numbers of records that an erasure would change at this moment.
  package struct Plan: Sendable {
    /// The number of changes and statements whose personal data would be erased.
    package var changes: Int64 = 0
    /// The number of service events whose personal data would be erased.
    package var events: Int64 = 0
    /// The number of records that a legal hold keeps.
    package var held: Int64 = 0

    /// Creates an empty plan.
    package init() {}
  }
}
