/// The erasure of one actor's personal data.
///
/// The erasure covers the data that was recorded earlier than the request for the erasure.
///
/// Personal data is the actor's name, user principal name and IP address, and the reasons and statements that the actor
/// wrote. The actor's id and the changes are kept.
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
