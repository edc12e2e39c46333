package import ReflogModel
package import ReflogStorage

/// A directory in a SQLite file of Reflog's own, which answers as Microsoft Graph does.
///
/// It is for trying Reflog out and for its tests: no sign-up ever reads it. What it answers is durable, and a read sees
/// every write before it, so it has no settle window.
package struct EmbeddedDirectory: Directory {
  package let kind = DirectoryKind.embedded
  package let settleWindow = Duration.zero
  /// What a process left under way ended with it.
  package let longestWrite = Duration.zero
  package let hasOwnCredential = true
  package let tenantID: String
  private let reader: StorageReader
  private let writer: GroupCommitWriter

  /// Takes a file into use. A new one becomes a tenant of its own, with sample flows and connectors if asked to.
  ///
  /// Call it before the storage's writer runs.
  package init(storage: Storage, newTenantID: @autoclosure () -> String, sample: Bool) throws {
    reader = storage.reader
    writer = storage.writer
    let newTenantID = newTenantID()
    tenantID = try storage.setUp { db in
      if let tenantID = try EmbeddedTenant.id(db) { return tenantID }
      try EmbeddedTenant.create(newTenantID, db)
      if sample { try SampleTenant.fill(db) }
      return newTenantID
    }
  }

  /// The same: it asks nobody for a token.
  package func bearing(_ token: DirectoryToken) -> any Directory { self }

  package func reference(at address: Address) async throws(DirectoryFailure) -> ConnectorReference {
    try await answering { db in
      try EmbeddedReferences.reference(at: address, db)
    }
  }

  package func connector(_ id: ConnectorID) async throws(DirectoryFailure) -> DirectoryConnector? {
    try await answering { db in
      try EmbeddedConnectors.find(id, db)?.summary
    }
  }

  package func read(_ question: DirectoryRead) async throws(DirectoryFailure) -> DirectoryResponse {
    try await answering { db in
      if case .configuration(let flowType, let flow) = question.resource {
        let steps = try EmbeddedQuery.expandedSteps(question.query)
        return try EmbeddedReferences.configuration(of: flow, flowType, expand: steps, db)
      }
      try EmbeddedQuery.refuse(question.query)
      return switch question.resource {
      case .flows(let flowType): try EmbeddedFlows.list(flowType, db)
      case .flow(let flowType, let id): try EmbeddedFlows.find(flowType, id, db).response(httpStatus: 200)
      case .configuration(let flowType, let flow):
        try EmbeddedReferences.configuration(of: flow, flowType, expand: [], db)
      case .connectorAt(let address): try EmbeddedReferences.connectorResponse(at: address, db)
      case .connectors: try EmbeddedConnectors.list(db)
      case .connector(let id): try EmbeddedConnectors.require(id, db).response(httpStatus: 200)
      case .other(let path): throw DirectoryRefusal.unknownSegment(path)
      }
    }
  }

  package func write(_ write: DirectoryWrite, correlationID: String) async -> DirectoryAnswer {
    do {
      let response = try await writer.write { db in
        switch write {
        case .setReference(let address, let reference): try EmbeddedReferences.set(reference, at: address, db)
        case .createConnector(let body): try EmbeddedConnectors.create(body, db)
        case .updateConnector(let id, let body): try EmbeddedConnectors.update(id, body, db)
        case .deleteConnector(let id): try EmbeddedConnectors.delete(id, db)
        case .uploadCertificate(let id, let body): try EmbeddedConnectors.upload(body, to: id, db)
        case .createFlow(let flowType, let id, let body, let references):
          try EmbeddedFlows.create(flowType, id, body, references, db)
        case .updateFlow(let flowType, let id, let body): try EmbeddedFlows.update(flowType, id, body, db)
        case .deleteFlow(let flowType, let id): try EmbeddedFlows.delete(flowType, id, db)
        case .other(let passedOn): throw DirectoryRefusal.unknownSegment(passedOn.path)
        }
      }
      return .applied(response)
    } catch let refusal as DirectoryRefusal {
      return .refused(refusal)
    } catch StorageError.commitUnknown(let problem) {
      return .unknown(httpStatus: nil, reason: "the embedded directory's commit failed: \(problem)")
    } catch {
      return .notSent(reason: "the embedded directory can't write: \(error)")
    }
  }

  private func answering<Value: Sendable>(
    _ body: @escaping @Sendable (EmbeddedDatabase) throws -> Value
  ) async throws(DirectoryFailure) -> Value {
    do {
      return try await reader.read(body)
    } catch let refusal as DirectoryRefusal {
      throw .refused(refusal)
    } catch {
      throw .unavailable(reason: "the embedded directory can't be read: \(error)")
    }
  }
}
