import ReflogModel
import Synchronization

/// A cache of the tokens in one version of the token database.
final class TokenMemory: Sendable {
  /// A token, the hash of its secret, and its last use.
  struct Entry: Sendable {
    let token: APIToken
    let secretHash: [UInt8]
    let use: TokenUse
  }

  private struct State {
    var version: UInt64?
    /// The version that an update of this process is about to write, or nil if no update is running.
    ///
    /// The update changes only last uses, so the tokens in memory are valid in this version too.
    var next: UInt64?
    var tokens: [String: Entry] = [:]

    func isOf(_ other: UInt64?) -> Bool { other != nil && (version == other || next == other) }
  }

  /// The maximum number of tokens in memory. Each token needs a few hundred bytes.
  ///
  /// When the maximum is reached, the cache drops all tokens. A dropped token is read from the database when a request
  /// needs the token again.
  private static let capacity = 4096

  private let state = Mutex(State())

  /// Returns the token with this id, or nil if the cache does not contain the token or contains another version of the
  /// database.
  func token(_ id: String, in version: UInt64?) -> Entry? {
    state.withLock { state in state.isOf(version) ? state.tokens[id] : nil }
  }

  /// Stores a token in memory.
  ///
  /// - Parameters:
  ///   - entry: The token that was read.
  ///   - version: The version that the database had when the read of the token began.
  func remember(_ entry: Entry, in version: UInt64?) {
    state.withLock { state in
      if !state.isOf(version) || state.tokens.count >= Self.capacity { state = State(version: version) }
      state.tokens[entry.token.id] = entry
    }
  }

  /// Marks the cached tokens as valid also for the version that an update of this process is about to write.
  ///
  /// Call ``endUpdate(isWritten:)`` when the update is complete or has failed. Until then, no other process can write
  /// the version `next`.
  ///
  /// - Parameters:
  ///   - version: The version before the update.
  ///   - next: The version after the update.
  func beginUpdate(from version: UInt64, to next: UInt64) {
    state.withLock { state in
      if state.version == version { state.next = next }
    }
  }

  /// Ends an update. If the update was written, the cached tokens belong to the new version. If not, the cache drops
  /// all tokens.
  func endUpdate(isWritten: Bool) {
    state.withLock { state in
      guard let next = state.next else { return }
      if isWritten { (state.version, state.next) = (next, nil) } else { state = State() }
    }
  }
}
