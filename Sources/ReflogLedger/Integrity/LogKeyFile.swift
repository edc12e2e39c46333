import Foundation
package import ReflogModel
import ReflogStorage

/// The key that signs a ledger's checkpoints, in `<database>.key`, which its owner alone can read.
///
/// A new key is made beside it, put on record, and put in its place once a checkpoint was signed with both; ``keep(_:of:)`` goes on
/// where a crash broke that off.
package struct LogKeyFile: Sendable {
  private let path: String
  private let origin: Origin

  package init(besideLedgerAt path: String, origin: Origin) {
    self.path = path + ".key"
    self.origin = origin
  }

  private var nextPath: String { path + ".next" }

  /// The keys that were found, and what is to be done before they sign.
  package struct Found: Sendable {
    /// The one in force, and before it the one that was until the newest rotation, if no checkpoint has the word of both yet; none
    /// where nothing was signed.
    package let keys: [SigningKey]
    fileprivate let remedy: Remedy?

    /// Whether there is none yet, so that the ledger's first is to be made.
    package var isFirst: Bool { remedy == .makeFirst }

    fileprivate enum Remedy {
      case makeFirst
      /// The old one is lost, and will sign nothing any more.
      case installNext
      /// The next one is of a rotation that never was on record.
      case removeNext
    }
  }

  /// Looks for the keys that sign the next checkpoint, and alters nothing.
  ///
  /// - Parameter newest: the key that the newest rotation on record named.
  package func find(newest: VerifierKey?, isSigned: Bool) throws(LedgerError) -> Found {
    let (key, next) = (try read(path), try read(nextPath))
    if let next, next.verifierKey.text == newest?.text {
      return if let key { Found(keys: [key, next], remedy: nil) } else { Found(keys: [next], remedy: .installNext) }
    }
    if let key { return Found(keys: [key], remedy: next == nil ? nil : .removeNext) }
    guard !isSigned else {
      throw .unusableKey(path: path, problem: "it is missing, and the ledger was signed with it; put it back")
    }
    return Found(keys: [], remedy: .makeFirst)
  }

  /// The keys that sign the next checkpoint; where the ledger has none, its first, which is kept nowhere yet.
  package func keys(_ found: Found) throws(LedgerError) -> [SigningKey] {
    found.isFirst ? [try generate()] : found.keys
  }

  /// Keeps these keys, and leaves no other. Call it once the ledger is known to be the one that they signed.
  package func keep(_ keys: [SigningKey], of found: Found) throws(LedgerError) {
    switch found.remedy {
    case nil: return
    case .makeFirst: for key in keys { try write(key, path) }
    case .installNext: try install()
    case .removeNext: do { try DurableFile.remove(nextPath) } catch { throw LedgerError(error) }
    }
  }

  /// Makes the next key, beside the one that is in force. When this returns, it is durable.
  package func prepare() throws(LedgerError) -> SigningKey {
    let key = try generate()
    try write(key, nextPath)
    return key
  }

  /// Puts the next key in the place of the one that was in force. When this returns, that is durable.
  package func install() throws(LedgerError) {
    do { try DurableFile.move(nextPath, to: path) } catch { throw LedgerError(error) }
  }

  /// Puts the next key in the place of the one that signed what is lost, which is kept under another name. Done again, it does
  /// nothing more.
  package func replaceFormer() throws(LedgerError) {
    do {
      guard DurableFile.exists(nextPath) else { return }
      if DurableFile.exists(path) { _ = try DurableFile.putAside(path, as: ".old") }
      try DurableFile.move(nextPath, to: path)
    } catch {
      throw LedgerError(error)
    }
  }

  private func generate() throws(LedgerError) -> SigningKey {
    var generator = SystemRandomNumberGenerator()
    do {
      return try SigningKey(name: origin.keyName(), using: &generator)
    } catch {
      throw .unusableKey(path: path, problem: error.description)
    }
  }

  private func write(_ key: SigningKey, _ path: String) throws(LedgerError) {
    do { try DurableFile.write(Array((key.secretText + "\n").utf8), to: path) } catch { throw LedgerError(error) }
  }

  private func read(_ path: String) throws(LedgerError) -> SigningKey? {
    let stored: [UInt8]?
    do { stored = try DurableFile.read(path) } catch { throw LedgerError(error) }
    guard let stored else { return nil }
    guard !DurableFile.isOpenToOthers(path) else {
      throw .unusableKey(path: path, problem: "others may read it; take that permission away (chmod 600)")
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
      throw .unusableKey(path: path, problem: "it is another log's key; move it away, or put that ledger back")
    }
    return key
  }
}
