package import ReflogModel
package import ReflogStorage

/// A directory in a SQLite file that answers requests as Microsoft Graph does.
///
/// Use this directory for tests, and to try Reflog out. This directory does not change the sign-up of any user. When a
/// write is answered, the write is durable, and every later read shows the write. So this directory needs no settle
/// window.
package struct EmbeddedDirectory: LocalDirectory {
  package let kind = DirectoryKind.embedded
  package let settleWindow = Duration.zero
  /// The value is zero, because a write can't take effect after Reflog's process has ended.
  package let longestWrite = Duration.zero
  package let hasOwnCredential = true
  /// The tenant's id: a GUID that was generated when the file was created.
  package let tenantID: String
  private let reader: StorageReader
  private let writer: GroupCommitWriter<EmbeddedSession>
  private let memory: EmbeddedMemory

  /// Opens the directory in a file.
  ///
  /// If the file is new, a new tenant is created in the file. Call this initializer before the writer thread starts.
  ///
  /// - Parameters:
  ///   - storage: The open file.
  ///   - thread: The thread that writes this file and the ledger's file.
  ///   - newTenantID: The tenant's id for a new file, a GUID. The value is ignored if the file already has a tenant.
  ///   - sample: Whether sample flows and connectors are created in a new file.
  package init(
    storage: Storage,
    thread: WriterThread,
    newTenantID: @autoclosure () -> String,
    sample: Bool
  ) throws {
    let memory = EmbeddedMemory()
    reader = storage.reader
    writer = GroupCommitWriter(of: storage, on: thread) { try EmbeddedSession($0, memory) }
    self.memory = memory
    let newTenantID = newTenantID()
    tenantID = try storage.setUp { db in
      if let tenantID = try EmbeddedTenant.id(db) { return tenantID }
      try EmbeddedTenant.create(newTenantID, db)
      if sample { try SampleTenant.fill(db) }
      return newTenantID
    }
  }

  /// Checks a directory's file, and returns the id of the tenant in the file, or nil if the file has no tenant yet.
  ///
  /// This method changes no file.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - acceptsMissingLog: Whether to accept a file whose write-ahead log is missing.
  package static func checkedTenant(ofFileAt path: String, acceptsMissingLog: Bool) throws -> String? {
    let reader = try StorageReader(readingFileAt: path, kind: .directory, for: .checkingStart)
    guard acceptsMissingLog || !reader.isLogMissing else { throw StorageError.missingLog(path: path) }
    guard reader.hasNewestSchema else { return nil }
    try reader.checkStructure(ofFileAt: path)
    return try reader.readOnThisThread { db in try EmbeddedTenant.id(db) }
  }

  /// Returns this directory unchanged, because the embedded directory needs no token.
  package func bearing(_ token: DirectoryToken) -> any Directory { self }

  /// Returns the reference at an address, from memory or from the file.
  package func reference(at address: Address) async throws(DirectoryFailure) -> ConnectorReference {
    if let known = memory.reference(at: address) { return known }
    let generation = memory.generation
    let read = try await answering { db in try EmbeddedReferences.reference(at: address, db) }
    memory.remember(read, at: address, of: generation)
    return read
  }

  /// Returns the steps that call a connector, each with its reference, from the file.
  package func references() async throws(DirectoryFailure) -> [Address: ConnectorReference] {
    try await answering { db in try EmbeddedReferences.all(db) }
  }

  /// Returns a connector, from memory or from the file, or nil if no connector has this id.
  package func connector(_ id: ConnectorID) async throws(DirectoryFailure) -> DirectoryConnector? {
    if let known = memory.connector(id) { return known }
    let generation = memory.generation
    let read = try await answering { db in try EmbeddedConnectors.find(id, db)?.summary }
    if let read { memory.remember(read, of: generation) }
    return read
  }

  /// Reads from the file, and returns the answer in the form of the Graph API.
  package func read(_ question: DirectoryRead) async throws(DirectoryFailure) -> DirectoryResponse {
    try await answering { db in
      return switch question.resource {
      case .flows(let flowType): try EmbeddedFlows.list(flowType, question, db)
      case .flow(let flowType, let id): try EmbeddedFlows.one(flowType, id, question, db)
      case .configuration(let flowType, let flow):
        try EmbeddedReferences.configuration(
          of: flow,
          flowType,
          expand: try EmbeddedQuery.expandedSteps(question.query),
          db
        )
      case .connectorAt(let address):
        try EmbeddedConnectors.one(try EmbeddedReferences.connector(at: address, db), question)
      case .connectors: try EmbeddedConnectors.list(question, db)
      case .connector(let id): try EmbeddedConnectors.one(try EmbeddedConnectors.require(id, db), question)
      case .other(let path): try EmbeddedParts.read(question, at: path, db)
      }
    }
  }

  /// Performs a write, and returns when the write is durable or has failed.
  package func write(_ write: DirectoryWrite, correlationID: String) async -> DirectoryAnswer {
    await withCheckedContinuation { continuation in submit(write) { continuation.resume(returning: $0) } }
  }

  /// Performs a write, and calls `completion` on the writer thread when the write is durable or has failed.
  package func submit(_ write: DirectoryWrite, completion: @escaping @Sendable (DirectoryAnswer) -> Void) {
    writer.submit(.ordinary) {
      try $0.write(write)
    } completion: {
      completion(Self.answer($0))
    }
  }

  private static func answer(_ result: Result<DirectoryResponse, any Error>) -> DirectoryAnswer {
    switch result {
    case .success(let response): .applied(response)
    case .failure(let refusal as DirectoryRefusal): .refused(refusal)
    case .failure(StorageError.commitUnknown(let problem)):
      .unknown(httpStatus: nil, reason: "the embedded directory's commit failed: \(problem)")
    case .failure(let error): .notSent(reason: "the embedded directory can't be written: \(error)")
    }
  }

  private func answering<Value: Sendable>(
    _ body: @escaping @Sendable (Connection) throws -> Value
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
