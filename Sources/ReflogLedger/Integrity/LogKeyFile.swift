import Foundation
package import ReflogModel
import ReflogStorage

/// The key that signs a ledger's checkpoints, in `<database>.key`, which only its owner can read.
///
/// A rotation has three steps: make a new key in `<database>.key.next`, record it, and rename it once both keys have
/// signed a checkpoint. If a crash interrupts a rotation, ``keep(_:of:)`` completes or removes it.
package struct LogKeyFile: Sendable {
  private let path: String
  private let origin: Origin

  /// Creates the key file of the ledger at a path.
  package init(besideLedgerAt path: String, origin: Origin) {
    self.path = path + ".key"
    self.origin = origin
  }

  private var nextPath: String { path + ".next" }

  /// The keys that were found, and what must be done before they sign.
  package struct Found: Sendable {
    /// The keys that sign, oldest first; empty if no key was ever made.
    ///
    /// This is one key, or two if no checkpoint has the signatures of both keys of the newest rotation yet.
    package let keys: [SigningKey]
    fileprivate let remedy: Remedy?

    /// Whether no key exists yet and the ledger's first one must be made.
    package var isFirst: Bool { remedy == .makeFirst }

    /// What must be done before the keys sign.
    fileprivate enum Remedy {
      case makeFirst
      /// The former key is missing; the next key replaces it.
      case installNext
      /// The next key is of a rotation that was never recorded.
      case removeNext
    }
  }

  /// Finds the keys that sign the next checkpoint, and changes no file.
  ///
  /// - Parameters:
  ///   - newest: The new key of the newest recorded rotation, or nil if there was none.
  ///   - isSigned: Whether the ledger has a signed checkpoint.
  package func find(newest: VerifierKey?, isSigned: Bool) throws(LedgerError) -> Found {
    let (key, next) = (try read(path), try read(nextPath))
    if let next, next.verifierKey.text == newest?.text {
      return if let key { Found(keys: [key, next], remedy: nil) } else { Found(keys: [next], remedy: .installNext) }
    }
    if let key { return Found(keys: [key], remedy: next == nil ? nil : .removeNext) }
    guard !isSigned else {
      throw .unusableKey(
        path: path,
        problem: "the file is missing, but the ledger was signed with it. Restore the file."
      )
    }
    return Found(keys: [], remedy: .makeFirst)
  }

  /// Returns the keys that sign the next checkpoint, or a new first key that is not stored yet.
  package func keys(_ found: Found) throws(LedgerError) -> [SigningKey] {
    found.isFirst ? [try generate()] : found.keys
  }

  /// Stores these keys and removes any other.
  ///
  /// Call it once the ledger is known to be the one that they signed.
  package func keep(_ keys: [SigningKey], of found: Found) throws(LedgerError) {
    switch found.remedy {
    case nil: return
    case .makeFirst: for key in keys { try write(key, path) }
    case .installNext: try install()
    case .removeNext: do { try DurableFile.remove(nextPath) } catch { throw LedgerError(error) }
    }
  }

  /// Makes the next key and stores it next to the present one.
  ///
  /// When this returns, the next key is durable.
  package func prepare() throws(LedgerError) -> SigningKey {
    let key = try generate()
    try write(key, nextPath)
    return key
  }

  /// Replaces the present key with the next one.
  ///
  /// When this returns, that is durable.
  package func install() throws(LedgerError) {
    do { try DurableFile.move(nextPath, to: path) } catch { throw LedgerError(error) }
  }

  /// Replaces the key that signed the lost entries with the next one, and keeps the old key under another name.
  ///
  /// A second call has no effect.
  package func replaceFormer() throws(LedgerError) {
    do {
      guard DurableFile.exists(nextPath) else { return }
      if DurableFile.exists(path) { _ = try DurableFile.putAside(path, as: ".old") }
      try DurableFile.move(nextPath, to: path)
    } catch {
      throw LedgerError(error)
    }
  }

  /// Makes a key for this log.
  private func generate() throws(LedgerError) -> SigningKey {
    var generator = SystemRandomNumberGenerator()
    do {
      return try SigningKey(name: origin.keyName(), using: &generator)
    } catch {
      throw .unusableKey(path: path, problem: error.description)
    }
  }

  /// Stores a key durably.
  private func write(_ key: SigningKey, _ path: String) throws(LedgerError) {
    do { try DurableFile.write(Array((key.secretText + "\n").utf8), to: path) } catch { throw LedgerError(error) }
  }

  /// Returns the key in a file after it was checked, or nil if the file does not exist.
  private func read(_ path: String) throws(LedgerError) -> SigningKey? {
    let stored: [UInt8]?
    do { stored = try DurableFile.read(path) } catch { throw LedgerError(error) }
    guard let stored else { return nil }
    guard !DurableFile.isOpenToOthers(path) else {
      throw .unusableKey(
        path: path,
        problem: "other users can read the file. Remove their permissions with chmod 600."
      )
    }
    let key: SigningKey
    do {
      key = try SigningKey(
        secretText: String(decoding: stored, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
      )
    } catch {
      throw .unusableKey(path: path, problem: error.description)
    }
    guard key.verifierKey.identity.name.text == origin.text else {
      throw .unusableKey(
        path: path,
        problem: "it is the key of another log. Move the file away, or restore the ledger that it signed."
      )
    }
    return key
  }
}
