import ReflogModel
import ReflogStorage

/// Writes the embedded directory's file on the writer thread.
final class EmbeddedSession: WriteSession {
  let connection: Connection
  private let memory: EmbeddedMemory
  private let references: EmbeddedReferenceStatements
  /// The writes in the current transaction.
  private var writes: [DirectoryWrite] = []
  private var savedCount = 0

  init(_ connection: Connection, _ memory: EmbeddedMemory) throws {
    self.connection = connection
    references = try EmbeddedReferenceStatements(connection)
    self.memory = memory
  }

  func write(_ write: DirectoryWrite) throws -> DirectoryResponse {
    let db = connection
    let response =
      switch write {
      case .setReference(let address, let reference): try references.set(reference, at: address)
      case .createConnector(let body): try EmbeddedConnectors.create(body, db)
      case .updateConnector(let id, let body): try EmbeddedConnectors.update(id, body, db)
      case .deleteConnector(let id): try EmbeddedConnectors.delete(id, db)
      case .uploadCertificate(let id, let body): try EmbeddedConnectors.upload(body, to: id, db)
      case .createFlow(let flowType, let id, let body): try EmbeddedFlows.create(flowType, id, body, db)
      case .updateFlow(let flowType, let id, let body): try EmbeddedFlows.update(flowType, id, body, db)
      case .deleteFlow(let flowType, let id): try EmbeddedFlows.delete(flowType, id, db)
      case .other(let forwarded): try EmbeddedParts.write(forwarded, db)
      }
    writes.append(write)
    return response
  }

  func begin(_ items: [Never]) {}
  func end() {}

  func committed() {
    memory.update(writes)
    writes.removeAll(keepingCapacity: true)
  }

  func rolledBack() { writes.removeAll() }
  func save() { savedCount = writes.count }
  func restore() { writes.removeLast(writes.count - savedCount) }
}
