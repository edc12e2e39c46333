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
  /// The number of changes whose personal data the erasure has deleted until now.
  package let changes: Int64
  /// The number of service events whose personal data the erasure has deleted until now.
  package let events: Int64

  /// Creates an erasure.
  package init(
    id: Int64,
    actorType: Change.ActorType,
    actorID: String,
    asked: Timestamp,
    finished: Timestamp?,
    changes: Int64,
    events: Int64
  ) {
    self.id = id
    self.actorType = actorType
    self.actorID = actorID
    self.asked = asked
    self.finished = finished
    self.changes = changes
    self.events = events
  }

  /// The actor whose personal data an erasure deletes.
  package enum Subject: Sendable {
    /// Every actor with this id: a person, an application or an API token.
    case actor(String)
    /// The application with this id. The id can be the object id of the service principal, or the client id (`appId`).
    case app(String)
    /// The API token with this id.
    case token(String)

    /// The id of the actor.
    package var id: String {
      switch self {
      case .actor(let id), .app(let id), .token(let id): id
      }
    }
  }

  /// The number of records that an erasure would change or keep at this moment.
  package struct Plan: Sendable {
    /// The number of changes whose personal data or statement would be erased.
    package var changes: Int64 = 0
    /// The number of service events whose personal data would be erased.
    package var events: Int64 = 0
    /// The number of records that would not be changed, because a legal hold keeps them.
    package var held: Int64 = 0

    /// Creates an empty plan.
    package init() {}
  }
}
