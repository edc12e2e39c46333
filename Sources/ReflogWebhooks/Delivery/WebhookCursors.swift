import ReflogModel
import ReflogStorage

/// The file next to the ledger that contains, for each receiver, the newest entry that the receiver has got.
///
/// A cursor also contains the hash of that entry and the name of the log. With both, Reflog notices if it was started
/// with another ledger or with an older copy of the ledger.
struct WebhookCursors: Sendable {
  /// The position of a receiver in the log.
  struct Cursor: Equatable, Sendable {
    /// The sequence of the newest entry that the receiver has got, or -1 if it has got none.
    let sequence: Int64
    /// The hash of that entry, or nil if `sequence` is -1.
    let hash: Hash?
    /// The name of the log.
    var origin: String
    /// When the receiver last accepted a message, or nil if it has accepted none.
    let lastSuccess: Timestamp?
  }

  private enum Member: String {
    case sequence, hash, origin, lastSuccessDateTime
  }

  /// The cursors, by the name of the receiver.
  ///
  /// The cursor of a receiver that was removed from the settings is kept, so that the receiver misses no entry if it is
  /// added again.
  var cursors: [String: Cursor] = [:]

  /// Reads the file at a path. If the file does not exist, there are no cursors.
  init(path: String) throws(WebhookError) {
    let bytes: [UInt8]?
    do { bytes = try DurableFile.read(path) } catch { throw .cursors(path: path, problem: Self.problem(error)) }
    guard let bytes else { return }
    guard let object = try? JSONValue(parsing: bytes).object else {
      throw .cursors(path: path, problem: "it is not a JSON object")
    }
    for member in object.members {
      guard let cursor = Self.cursor(member.value) else {
        throw .cursors(path: path, problem: "the cursor of \(member.name) is not valid")
      }
      cursors[member.name] = cursor
    }
  }

  private static func cursor(_ value: JSONValue) -> Cursor? {
    guard let object = value.object, let origin = object[Member.origin.rawValue]?.string,
      let sequence = object[Member.sequence.rawValue]?.wholeNumber
    else { return nil }
    let hash = object[Member.hash.rawValue]?.string.flatMap { Hash(hexadecimal: $0) }
    let lastSuccess = object[Member.lastSuccessDateTime.rawValue]?.string.flatMap { Timestamp(parsing: $0) }
    guard sequence == -1 || sequence >= 0 && hash != nil else { return nil }
    return Cursor(sequence: sequence, hash: hash, origin: origin, lastSuccess: lastSuccess)
  }

  /// Returns the reason why a file can't be read or written, without the path.
  private static func problem(_ error: StorageError) -> String {
    switch error {
    case .unusable(_, let problem): problem
    case .notAPlainFile(_, let problem): "it \(problem)"
    default: error.description
    }
  }

  /// Replaces the file at a path.
  ///
  /// When this method returns, the cursors are durable. Only the owner of the file can read it.
  func write(to path: String) throws(WebhookError) {
    let members = cursors.sorted { $0.key < $1.key }.map { name, cursor in
      JSONObject.Member(
        name: name,
        value: .object([
          Member.sequence.rawValue: .integer(cursor.sequence),
          Member.hash.rawValue: .optional(cursor.hash?.hexadecimal),
          Member.origin.rawValue: .string(cursor.origin),
          Member.lastSuccessDateTime.rawValue: .optional(cursor.lastSuccess?.description),
        ])
      )
    }
    let bytes = JSONValue.object(JSONObject(uniqueMembers: members)).bytes + [0x0A]
    do { try DurableFile.write(bytes, to: path) } catch {
      throw .cursorsNotSaved(path: path, problem: Self.problem(error))
    }
  }
}
