import Foundation
package import ReflogModel
import ReflogStorage

/// The key that signs a ledger's checkpoints, in `<database>.key`, which its owner alone can read.
package enum LogKey {
  /// The key of the ledger at this path; a new one where nothing was signed yet and there is none.
  ///
  /// - Parameters:
  ///   - origin: the log's name, which is the key's name too.
  ///   - isNew: whether nothing was signed yet.
  package static func findOrMake(
    besideLedgerAt path: String,
    origin: Origin,
    isNew: Bool
  ) throws(LedgerError) -> SigningKey {
    let file = path + ".key"
    let stored: [UInt8]?
    do { stored = try DurableFile.read(file) } catch { throw LedgerError(error) }
    guard let stored else {
      guard isNew else {
        throw .unusableKey(path: file, problem: "it is missing, and the ledger was signed with it; put it back")
      }
      return try make(file, origin)
    }
    guard !DurableFile.isOpenToOthers(file) else {
      throw .unusableKey(path: file, problem: "others may read it; take that permission away (chmod 600)")
    }
    let key: SigningKey
    do {
      key = try SigningKey(
        secretText: String(decoding: stored, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
      )
    } catch {
      throw .unusableKey(path: file, problem: error.description)
    }
    guard key.verifierKey.identity.name.text == origin.text else {
      throw .unusableKey(path: file, problem: "it is another log's key; move it away, or put that ledger back")
    }
    return key
  }

  private static func make(_ file: String, _ origin: Origin) throws(LedgerError) -> SigningKey {
    var generator = SystemRandomNumberGenerator()
    let key: SigningKey
    do {
      key = try SigningKey(name: origin.keyName(), using: &generator)
    } catch {
      throw .unusableKey(path: file, problem: error.description)
    }
    do { try DurableFile.write(Array((key.secretText + "\n").utf8), to: file) } catch { throw LedgerError(error) }
    return key
  }
}
