import Crypto
import FoundationEssentials
package import ReflogModel

/// Creates and reads `$skiptoken`, the position in history at which the next page begins.
///
/// A token contains the id of the last change or event on a page. The token does not contain the number of items to
/// skip, so new entries do not move the start of the next page. The token also contains a keyed digest: the first 16
/// bytes of an HMAC-SHA256. The digest proves that the token was created for the same query and by this ledger. A token
/// with a wrong digest is refused.
package struct Cursor: Sendable {
  private let key: [UInt8]
  private let query: String

  /// Creates a cursor for a query.
  ///
  /// - Parameters:
  ///   - query: The query whose pages are read.
  ///   - key: The key that this ledger stores for cursors.
  package init<Field>(of query: HistoryQuery<Field>, key: [UInt8]) {
    self.key = key
    let scope = query.includesImpact ? "\n\(QueryScope.impact.rawValue)" : ""
    self.query = "\(Field.self)\n\(query.isAscending)\n\(query.filter?.description ?? "")\(scope)"
  }

  /// Returns the token for the page that begins after the item with this id.
  ///
  /// The token is the id, a dot, and the digest in hexadecimal.
  func token(behind id: Int64) -> String {
    "\(id).\(digest(id))"
  }

  /// Returns the id that a token contains.
  ///
  /// The token must be from an earlier page of the same query. The method throws an error if the token was created for
  /// another query or by another ledger.
  func id(in token: String) throws(RequestError) -> Int64 {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let id = Change.ID(parts[0])?.number, parts[1] == digest(id) else {
      throw .badRequest(
        "$skiptoken is not from an @odata.nextLink of this query in this ledger. Start again without it.",
        target: "$skiptoken"
      )
    }
    return id
  }

  private func digest(_ id: Int64) -> String {
    let code = HMAC<SHA256>.authenticationCode(for: Data("\(id)\n\(query)".utf8), using: SymmetricKey(data: key))
    return Array(code.prefix(16)).hexadecimal
  }
}
