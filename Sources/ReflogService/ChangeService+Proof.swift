import ReflogModel

extension ChangeService {
  /// Lets the directory judge a caller whom Reflog itself doesn't know, before anything is recorded for it, answered to it
  /// from memory, or kept waiting behind it. Whatever the directory says but 401 proves the token, and with it what it
  /// claims.
  func prove(_ caller: Caller) async throws(ServiceError) {
    guard case .directoryToken = caller.standing else { return }
    do {
      _ = try await directory.read(DirectoryRead(.connectors, query: [QueryItem("$top", "1")]))
    } catch {
      switch error {
      case .refused(let refusal) where refusal.httpStatus != 401 && refusal.httpStatus != 429: break
      case .refused, .unavailable: throw ServiceError(beforeSending: error)
      }
    }
  }
}
