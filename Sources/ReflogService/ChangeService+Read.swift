package import ReflogModel

extension ChangeService {
  /// Answers a question of the Graph surface from the directory.
  package func read(_ question: DirectoryRead, for caller: Caller) async throws(ServiceError) -> DirectoryResponse {
    do {
      return try await acting(for: caller).directory.read(question)
    } catch let error as ServiceError {
      throw error
    } catch let error as DirectoryFailure {
      throw ServiceError(beforeSending: error)
    } catch {
      throw .directoryUnavailable("\(error)")
    }
  }

  /// What stands at an address now.
  package func reference(at address: Address, for caller: Caller) async throws(ServiceError) -> ConnectorReference {
    try await acting(for: caller).look(at: address).standing
  }
}
