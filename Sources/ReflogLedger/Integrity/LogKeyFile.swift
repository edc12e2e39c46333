import Foundation
package import ReflogModel
import ReflogStorage

/// The file `<database>.key` with the key that signs a ledger's checkpoints; only the owner of the file can read it.
///
/// A rotation replaces the key in three steps. It creates a new key in `<database>.key.next`, records the new key in
/// the ledger, and renames the file after both keys have signed a checkpoint. If a crash interrupts a rotation, the
/// next start completes the rotation or removes the new key.
package struct LogKeyFile: Sendable {
  /// The path of the file.
  package let path: String
  private let origin: Origin

  /// Creates the description of the key file for the ledger at a path, without reading or writing a file.
  package init(besideLedgerAt path: String, origin: Origin) {
    self.path = path + ".key"
    self.origin = origin
  }

  private var nextPath: String { path + ".next" }

  /// The keys that were found, and the change that ``LogKeyFile/keep(_:of:)`` must make to the files.
  package struct Found: Sendable {
    /// The keys with which checkpoints are signed, oldest first; the list is empty if no key exists yet.
    ///
    /// There are two keys while a rotation is in progress, until a checkpoint has the signatures of both keys.
    package let keys: [SigningKey]
    fileprivate let remedy: Remedy?

    /// Whether no key exists yet, so the first key of the ledger must be created.
    package var isFirst: Bool { remedy == .makeFirst }

    /// The change that must be made to the files before a checkpoint is signed.
    fileprivate enum Remedy {
      case makeFirst
      /// The file of the former key is missing, so the file of the next key must be renamed.
      case installNext
      /// The former key was lost and replaced.
      ///
      /// First the file of the former key must get another name. Then the file of the next key must be renamed.
      case replaceFormer
      /// The next key belongs to a rotation that was never recorded, so it must be removed.
      case removeNext
    }
  }

  /// Finds the keys that sign the next checkpoint, and changes no file.
  ///
  /// - Parameters:
  ///   - newest: The new key of the newest recorded rotation, or nil if there was none.
  ///   - replaced: The new key of the newest recorded replacement of a lost key, or nil if there was none.
  ///   - isSigned: Whether the ledger has a signed checkpoint.
  package func find(
    newest: VerifierKey?,
    replaced: VerifierKey? = nil,
    isSigned: Bool
  ) throws(LedgerError) -> Found {
    // After the replacement of a lost key, the file of the lost key can't be read, or the key in the file belongs to
    // the log's former name. So the next key is checked first.
    if let replaced, let next = try? read(nextPath), next.verifierKey.text == replaced.text {
      return Found(keys: [next], remedy: .replaceFormer)
    }
    let key = try read(path)
    var next = try parsed(nextPath)
    // A crash can interrupt the replacement of a lost key. Then the next key can belong to a name of the log that was
    // never recorded.
    let isUnrecorded = next.map { $0.verifierKey.identity.name.text != origin.text } ?? false
    if isUnrecorded { next = nil }
    if let next, next.verifierKey.text == newest?.text {
      return if let key { Found(keys: [key, next], remedy: nil) } else { Found(keys: [next], remedy: .installNext) }
    }
    if let key { return Found(keys: [key], remedy: next == nil && !isUnrecorded ? nil : .removeNext) }
    guard !isSigned else {
      throw .unusableKey(
        path: path,
        problem: "the file is missing, but the ledger was signed with it. \(Self.advice)"
      )
    }
    return Found(keys: [], remedy: .makeFirst)
  }

  /// The advice to the operator if the key that signed the ledger is not in the key file.
  static let advice = "Restore the file. If the key is lost, run reflog key replace --lost."

  /// Returns whether the key files have the key that signed the ledger.
  func hasKey(_ signer: VerifierKey, newest: VerifierKey?) -> Bool {
    let found = try? find(newest: newest, isSigned: true)
    return found?.keys.contains { $0.verifierKey.text == signer.text } ?? false
  }

  /// Returns the keys that sign the next checkpoint.
  ///
  /// If no key exists yet, the result is a new key that is not stored yet.
  package func keys(_ found: Found) throws(LedgerError) -> [SigningKey] {
    found.isFirst ? [try generate()] : found.keys
  }

  /// Changes the key files if necessary.
  ///
  /// The method stores a first key, finishes a rotation or a replacement, or deletes a next key that was never
  /// recorded.
  ///
  /// Call this method after you checked that these keys signed the ledger.
  package func keep(_ keys: [SigningKey], of found: Found) throws(LedgerError) {
    switch found.remedy {
    case nil: return
    case .makeFirst: for key in keys { try write(key, path) }
    case .installNext: try install()
    case .replaceFormer: try replaceFormer()
    case .removeNext: do { try DurableFile.remove(nextPath) } catch { throw LedgerError(error) }
    }
  }

  /// Creates the next key and stores it next to the current key.
  ///
  /// When this returns, the next key is durable.
  package func prepare() throws(LedgerError) -> SigningKey {
    let key = try generate()
    try write(key, nextPath)
    return key
  }

  /// Replaces the current key with the next key.
  ///
  /// When this returns, the replacement is durable.
  package func install() throws(LedgerError) {
    do { try DurableFile.move(nextPath, to: path) } catch { throw LedgerError(error) }
  }

  /// Replaces the current key with the next key, and keeps the file of the old key under another name.
  ///
  /// Call this method after an older ledger was accepted, because the old key signed the lost entries. Also call this
  /// method after a lost key was replaced. A second call has no effect.
  package func replaceFormer() throws(LedgerError) {
    do {
      guard DurableFile.exists(nextPath) else { return }
      if DurableFile.exists(path) { _ = try DurableFile.putAside(path, as: ".old") }
      try DurableFile.move(nextPath, to: path)
    } catch {
      throw LedgerError(error)
    }
  }

  /// Creates a key for this log.
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

  /// Returns the key in a file after two checks: only the owner can read the file, and the key belongs to this log.
  ///
  /// The result is nil if the file does not exist.
  private func read(_ path: String) throws(LedgerError) -> SigningKey? {
    guard let key = try parsed(path) else { return nil }
    guard key.verifierKey.identity.name.text == origin.text else {
      throw .unusableKey(path: path, problem: "the key belongs to another log. \(Self.advice)")
    }
    return key
  }

  /// Returns the key in a file that only the owner can read, or nil if the file does not exist.
  private func parsed(_ path: String) throws(LedgerError) -> SigningKey? {
    let stored: [UInt8]?
    do { stored = try DurableFile.read(path) } catch {
      throw .unusableKey(path: path, problem: "the file can't be read. \(Self.advice)")
    }
    guard let stored else { return nil }
    guard !DurableFile.isOpenToOthers(path) else {
      throw .unusableKey(
        path: path,
        problem: "other users can read the file. Remove their permissions with chmod 600."
      )
    }
    let text: String
    do { text = try TextEncoding.text(stored) } catch { throw .unusableKey(path: path, problem: "\(error)") }
    do { return try SigningKey(secretText: text.trimmingCharacters(in: .whitespacesAndNewlines)) } catch {
      throw .unusableKey(path: path, problem: "\(ended: error.description) \(Self.advice)")
    }
  }
}
