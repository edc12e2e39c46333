package import ReflogModel
import Synchronization

/// The sessions of people who signed in on the pages.
///
/// The sessions are in memory only, so a restart ends all sessions. A session contains the token with which the person
/// signed in. Every request of the session checks this token again, so the session has no access after the token is
/// revoked.
package final class Sessions: Sendable {
  /// The time after which a session ends, even if the person still uses the session.
  ///
  /// A session with Entra's access token ends earlier: when the token expires, after about an hour.
  package static let lifetime = Duration.seconds(8 * 3600)
  /// The maximum number of sessions that exist at the same time.
  ///
  /// When a session begins and the maximum is already reached, the oldest session ends.
  private static let most = 10_000
  /// The maximum number of sessions that one person can have.
  ///
  /// The limit is for a person and not for a token, because every sign-in with Entra has a new token. If a person signs
  /// in very often, only earlier sessions of the same person end.
  private static let mostOfOnePerson = 20

  /// The session of one signed-in browser.
  package struct Session: Sendable {
    /// The session's id, which the browser stores: 256 random bits in hexadecimal.
    package let id: String
    /// The token with which the person signed in.
    package let token: String
    /// The secret that every form on the session's pages contains: 256 random bits in hexadecimal.
    package let csrf: String
    /// The type and the id of the person or the program that signed in.
    fileprivate let owner: String
    fileprivate let ends: Timestamp
  }

  private struct State {
    var sessions: [String: Session] = [:]
    var order: [String] = []

    mutating func end(_ id: String) {
      guard sessions.removeValue(forKey: id) != nil else { return }
      order.removeAll { $0 == id }
    }
  }

  private let clock: WallClock
  private let state = Mutex(State())

  /// Creates an empty store.
  package init(clock: @escaping WallClock) {
    self.clock = clock
  }

  /// Begins a session for a caller who signed in with this token.
  package func begin(with token: String, for caller: Caller) -> Session {
    let now = clock()
    let ends = Timestamp(microseconds: now.microseconds + Self.lifetime.components.seconds * 1_000_000)
    let owner = "\(caller.actor.type.rawValue) \(caller.actor.id ?? "")"
    let session = Session(id: Random.token(), token: token, csrf: Random.token(), owner: owner, ends: ends)
    state.withLock { state in
      while let oldest = state.order.first, state.sessions[oldest].map({ $0.ends <= now }) ?? true {
        state.sessions[state.order.removeFirst()] = nil
      }
      let own = state.order.filter { state.sessions[$0]?.owner == owner }
      if own.count >= Self.mostOfOnePerson, let oldest = own.first { state.end(oldest) }
      if state.order.count >= Self.most { state.sessions[state.order.removeFirst()] = nil }
      state.sessions[session.id] = session
      state.order.append(session.id)
    }
    return session
  }

  /// Returns the session with this id, or nil if no session has this id or the session has ended.
  package func session(_ id: String) -> Session? {
    guard let session = state.withLock({ $0.sessions[id] }) else { return nil }
    guard clock() < session.ends else {
      end(id)
      return nil
    }
    return session
  }

  /// Ends a session.
  ///
  /// Does nothing if the session has already ended.
  package func end(_ id: String) {
    state.withLock { $0.end(id) }
  }
}
