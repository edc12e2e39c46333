package import ReflogModel

/// What the service answers without a change.
extension ChangeService {
  /// Whether it makes sense to offer a caller to roll back: the caller may, and Reflog can act in its own name.
  package func offersRollback(to caller: Caller) -> Bool {
    Policy.permits(caller, .change) && directory.hasOwnCredential
  }

  /// What rolling a change back would do now. Reads, and records nothing.
  package func plan(rollbackOf id: Change.ID, for caller: Caller) async throws(ServiceError) -> RollbackPlan {
    guard Policy.permits(caller, .read) else { throw .forbidden([]) }
    guard directory.hasOwnCredential else { throw .noDirectoryCredentials }
    return try await preparer.plan(rollbackOf: id)
  }

  /// Answers a question of the Graph surface from the directory.
  package func read(_ question: DirectoryRead, for caller: Caller) async throws(ServiceError) -> DirectoryResponse {
    let directory = try preparer(for: caller).directory
    do { return try await directory.read(question) } catch { throw ServiceError(beforeSending: error) }
  }

  /// The reference at an address now.
  package func reference(at address: Address, for caller: Caller) async throws(ServiceError) -> ConnectorReference {
    let reader = try preparer(for: caller).reader
    let read: ConnectorReference
    do { read = try await reader.directory.reference(at: address) } catch { throw ServiceError(beforeSending: error) }
    return try await reader.judge(read, at: address, requestID: "", by: .request).reference
  }

  /// The connector of a reference, if the directory does not have it any more.
  func missingConnector(of reference: ConnectorReference) async throws(ServiceError) -> ConnectorID? {
    guard let id = reference.connectorID else { return nil }
    do { return try await directory.connector(id) == nil ? id : nil } catch { throw ServiceError(beforeSending: error) }
  }
}

extension Preparer {
  /// Lets the directory judge a caller that Reflog itself doesn't know, before anything is recorded for it, answered to it from memory,
  /// or kept waiting behind it.
  ///
  /// Only an answer, or a refusal that says who may not, shows that the token was looked at. A front end may refuse a request for its
  /// form without ever looking.
  func prove(_ caller: Caller) async throws(ServiceError) {
    guard case .directoryToken = caller.credential else { return }
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
