import ReflogModel
import ReflogService

extension HistoryService {
  /// Returns the cursor for the pages of a query.
  func cursor<Field>(of query: HistoryQuery<Field>) async throws(ServiceError) -> Cursor {
    Cursor(of: query, key: try await cursorKey())
  }

  /// Returns the id that the token of a page contains.
  ///
  /// The method throws an error if the token was created for another query or by another ledger. It also throws an
  /// error if the token was created before a lost key was replaced, because the log had another name then.
  func id<Field>(in token: String, of query: HistoryQuery<Field>) async throws -> Int64 {
    do { return try await cursor(of: query).id(in: token) } catch let error as RequestError {
      for replacement in try await keyReplacements() {
        let former = Cursor(of: query, key: try await cursorKey(of: replacement))
        guard (try? former.id(in: token)) == nil else { throw ServiceError.pageOfFormerName(replacement) }
      }
      throw error
    }
  }
}
