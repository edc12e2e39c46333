import Crypto
import FoundationEssentials
package import ReflogModel

/// Where a page of history ended, and of which question: the `$skiptoken` of the next one.
///
/// It names the last change or event looked at, never a number of changes, so that what comes meanwhile shifts nothing. A keyed digest
/// (HMAC-SHA256, its first 16 bytes) ties it to its question and to this ledger: any other is refused, not answered wrongly.
package struct Cursor: Sendable {
  private let key: [UInt8]
  private let question: String

  /// - Parameter key: the ledger's own.
  package init<Field>(of query: HistoryQuery<Field>, key: [UInt8]) {
    self.key = key
    question = "\(Field.self)\n\(query.isAscending)\n\(query.filter?.description ?? "")"
  }

  /// The text of the token: the id, and the digest in hexadecimal.
  func token(behind id: Int64) -> String {
    "\(id).\(digest(id))"
  }

  /// What the token of an earlier page names.
  func id(in token: String) throws(RequestError) -> Int64 {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let id = Change.ID(parts[0])?.number, parts[1] == digest(id) else {
      throw .badRequest("$skiptoken is none that an @odata.nextLink held for this question.", target: "$skiptoken")
    }
    return id
  }

  private func digest(_ id: Int64) -> String {
    let code = HMAC<SHA256>.authenticationCode(for: Data("\(id)\n\(question)".utf8), using: SymmetricKey(data: key))
    return Array(code.prefix(16)).hexadecimal
  }
}
