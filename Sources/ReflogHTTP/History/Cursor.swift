import Crypto
import FoundationEssentials
package import ReflogModel

/// Makes and reads `$skiptoken`: the position in history at which the next page begins.
///
/// A token names the last change or event of a page, never a number of items, so entries that are added between two
/// pages do not shift the next one. A keyed digest (the first 16 bytes of HMAC-SHA256) ties the token to its query and
/// to this ledger. A token of another query or ledger is refused.
package struct Cursor: Sendable {
  private let key: [UInt8]
  private let query: String

  /// Creates the cursor of a query.
  ///
  /// - Parameters:
  ///   - query: The query whose pages are read.
  ///   - key: The ledger's own key for cursors.
  package init<Field>(of query: HistoryQuery<Field>, key: [UInt8]) {
    self.key = key
    self.query = "\(Field.self)\n\(query.isAscending)\n\(query.filter?.description ?? "")"
  }

  /// Returns the token for the page after an id: the id, a dot, and the digest in hexadecimal.
  func token(behind id: Int64) -> String {
    "\(id).\(digest(id))"
  }

  /// Returns the id in a token of an earlier page.
  ///
  /// A token of another query or ledger is refused.
  func id(in token: String) throws(RequestError) -> Int64 {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let id = Change.ID(parts[0])?.number, parts[1] == digest(id) else {
      throw .badRequest(
        "$skiptoken is not from an @odata.nextLink of this query. Start again without it.",
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
