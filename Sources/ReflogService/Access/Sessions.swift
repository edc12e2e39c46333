package import ReflogModel
import Synchronization

/// The sessions of the pages, in memory: a restart ends all of them.
///
/// A session holds the token that it began with. Every request authenticates with that token again, so a session with a
/// revoked token is worth nothing.
package final class Sessions: Sendable {
  /// The longest life of a session, however much it is used.
  ///
  /// A session with Entra's access token ends with that token, after about an hour.
  package static let lifetime = Duration.seconds(8 * 3600)
  /// The most sessions at the same time.
  ///
  /// A new one ends the oldest.
  private static let most = 10_000
  /// The most sessions of one token, so that a caller who signs in very often ends only its own sessions.
  private static let mostOfOneToken = 20

  /// A session.
  package struct Session: Sendable {
    /// The session's id, which the browser keeps: 256 random bits in hexadecimal.
    package let id: String
    /// The token that the session began with.
    package let token: String
    /// The secret in every form of the session's pages: 256 other random bits in hexadecimal.
    package let csrf: String
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

  /// Begins a session for a caller with this token.
  package func begin(with token: String) -> Session {
    let now = clock()
    let ends = Timestamp(microseconds: now.microseconds + Self.lifetime.components.seconds * 1_000_000)
    let session = Session(id: Random.token(), token: token, csrf: Random.token(), ends: ends)
    state.withLock { state in
      while let oldest = state.order.first, state.sessions[oldest].map({ $0.ends <= now }) ?? true {
        state.sessions[state.order.removeFirst()] = nil
      }
      let own = state.order.filter { state.sessions[$0]?.token == token }
      if own.count >= Self.mostOfOneToken, let oldest = own.first { state.end(oldest) }
      if state.order.count >= Self.most { state.sessions[state.order.removeFirst()] = nil }
      state.sessions[session.id] = session
      state.order.append(session.id)
    }
    return session
  }

  /// Returns the session with this id, or nil if it ended.
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
  /// Does nothing if it ended already.
  package func end(_ id: String) {
    state.withLock { $0.end(id) }
  }
}
