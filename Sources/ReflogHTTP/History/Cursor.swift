import Crypto
import FoundationEssentials
import ReflogModel

/// Where a page of history ended, and of which question: the `$skiptoken` of the next one.
///
/// It names the last change shown, never a number of changes, so that what comes meanwhile shifts nothing. A digest ties it
/// to its question: with another one it is refused, not answered wrongly.
struct Cursor {
  let behind: Change.ID

  /// The text of the token: the id, and the first eight bytes of a digest in hexadecimal.
  static func token(behind id: Change.ID, of query: ChangeQuery) -> String {
    "\(id).\(digest(id, query))"
  }

  init(_ token: String, of query: ChangeQuery) throws(RequestError) {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let id = Change.ID(parts[0]), parts[1] == Self.digest(id, query) else {
      throw QueryOptions.strangeToken
    }
    behind = id
  }

  private static func digest(_ id: Change.ID, _ query: ChangeQuery) -> String {
    let text = "\(id)\n\(query.isAscending)\n\(query.filter.map { "\($0)" } ?? "")"
    return SHA256.hash(data: Data(text.utf8)).prefix(8).map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
  }
}
