package import ReflogModel
import Synchronization

/// Who is signed in on the pages: in memory, so a restart ends every session.
///
/// A session holds the token that opened it, and every request proves that anew: a token that is revoked opens nothing any more.
package final class Sessions: Sendable {
  /// How long one lasts at the most, however much it is used; one that Entra's access token opened ends with that, after about an hour.
  package static let lifetime = Duration.seconds(8 * 3600)
  /// More than anybody needs; the oldest ends where another begins.
  private static let most = 10_000
  /// Of one token: whoever signs in again and again ends sessions of their own.
  private static let mostOfOneToken = 20

  package struct Session: Sendable {
    /// What the browser keeps: 256 random bits in hexadecimal.
    package let id: String
    package let token: String
    /// Stands in every form of the session's pages: 256 other bits.
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

  package init(clock: @escaping WallClock) {
    self.clock = clock
  }

  /// Begins a session for whoever showed this token.
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

  /// The session of this id; nothing where it ended.
  package func session(_ id: String) -> Session? {
    guard let session = state.withLock({ $0.sessions[id] }) else { return nil }
    guard clock() < session.ends else {
      end(id)
      return nil
    }
    return session
  }

  package func end(_ id: String) {
    state.withLock { $0.end(id) }
  }
}
