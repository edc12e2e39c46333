package import ReflogModel

extension ChangeService {
  /// Answers a question of the Graph surface from the directory.
  package func read(_ question: DirectoryRead) async throws(ServiceError) -> DirectoryResponse {
    do { return try await directory.read(question) } catch { throw ServiceError(beforeSending: error) }
  }

  /// What stands at an address now.
  package func reference(at address: Address) async throws(ServiceError) -> ConnectorReference {
    do { return try await directory.reference(at: address) } catch { throw ServiceError(beforeSending: error) }
  }
}
