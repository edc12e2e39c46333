import ReflogModel
import ReflogStorage

/// A search for a text in the segments of the index of reasons.
///
/// The index contains all sequences of three letters (trigrams) of each reason. The search uses only the trigrams of
/// the text that few reasons contain, because a search for a frequent trigram is slow. So the search can find reasons
/// that do not contain the text.
struct ReasonQuery: Sendable {
  /// The number of a segment, and the ids to search in this segment.
  typealias Piece = (number: Int64, ids: ClosedRange<Int64>)

  /// The trigrams of the text, as terms of SQLite's full-text search.
  let terms: [String]
  /// Whether the search begins with the lowest id.
  let isAscending: Bool

  /// The number of terms that a search uses even if many reasons contain them.
  private static let fewestTerms = 2
  /// The maximum number of terms that a search uses.
  private static let mostTerms = 4
  /// If a larger share of the changes has a term, the term makes a search slower without excluding many changes.
  private static let frequent = 0.1
  /// The maximum number of changes from which the frequency of a term is estimated.
  private static let sampled = 64

  /// Returns at most `limit` changes whose reasons possibly contain the text, in the order of the search.
  ///
  /// - Parameters:
  ///   - pieces: The ids to search, in the order of the search.
  ///   - limit: The maximum number of changes.
  ///   - db: The connection to the index.
  func candidates(in pieces: [Piece], limit: Int, _ db: Connection) throws -> [Int64] {
    guard let largest = pieces.max(by: { $0.ids.count < $1.ids.count }) else { return [] }
    let text = try rarestTerms(in: largest, db).joined(separator: " AND ")
    var found: [Int64] = []
    for piece in pieces where found.count < limit {
      found += try changes(with: text, in: piece, limit: limit - found.count, db)
    }
    return found
  }

  /// Returns the terms that few reasons contain.
  private func rarestTerms(in piece: Piece, _ db: Connection) throws -> [String] {
    guard terms.count > Self.fewestTerms else { return terms }
    let sorted = try terms.map { (term: $0, frequency: try frequency(of: $0, in: piece, db)) }
      .sorted { $0.frequency < $1.frequency }
    let further = sorted.prefix(Self.mostTerms).dropFirst(Self.fewestTerms).filter { $0.frequency < Self.frequent }
    return (sorted.prefix(Self.fewestTerms) + further).map(\.term)
  }

  /// Estimates the share of changes whose reasons contain a term, from the first changes in the order of the search.
  private func frequency(of term: String, in piece: Piece, _ db: Connection) throws -> Double {
    let found = try changes(with: term, in: piece, limit: Self.sampled, db)
    var searched = piece.ids
    if found.count == Self.sampled, let last = found.last {
      searched = isAscending ? searched.lowerBound...last : last...searched.upperBound
    }
    return Double(found.count) / Double(searched.count)
  }

  private func changes(with text: String, in piece: Piece, limit: Int, _ db: Connection) throws -> [Int64] {
    let table = ReasonSegments.table(piece.number)
    return try db.integers(
      """
      SELECT rowid FROM \(table) WHERE \(table) MATCH :text AND rowid BETWEEN :first AND :last
      ORDER BY rowid \(isAscending ? "ASC" : "DESC") LIMIT :limit
      """,
      ["text": text, "first": piece.ids.lowerBound, "last": piece.ids.upperBound, "limit": limit]
    )
  }
}
