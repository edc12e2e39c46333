import ReflogModel

extension ChangeService {
  /// Lets the directory judge a caller whom Reflog itself doesn't know, before anything is recorded for it, answered to it
  /// from memory, or kept waiting behind it.
  ///
  /// Only an answer, or a refusal that says who may not, shows that the token was looked at. A front end may refuse a
  /// request for its form without ever looking.
  func prove(_ caller: Caller) async throws(ServiceError) {
    guard case .directoryToken = caller.standing else { return }
    do {
      _ = try await directory.read(DirectoryRead(.connectors, query: [QueryItem("$top", "1")]))
    } catch {
      switch error {
      case .refused(let refusal) where refusal.httpStatus == 403 && refusal.hasCode: break
      case .refused(let refusal) where refusal.httpStatus == 401 || refusal.httpStatus == 429:
        throw ServiceError(beforeSending: error)
      case .refused(let refusal):
        throw .directoryUnavailable("it did not say whether it takes the token (status \(refusal.httpStatus))")
      case .unavailable: throw ServiceError(beforeSending: error)
      }
    }
  }
}
