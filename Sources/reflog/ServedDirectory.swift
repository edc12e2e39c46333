import Foundation
import Metrics
import ReflogDirectory
import ReflogLedger
import ReflogModel
import ReflogStorage

/// The opened directory that the server uses.
enum ServedDirectory {
  case embedded(EmbeddedDirectory, Storage)
  case graph(GraphDirectory, GraphSettings)

  /// Opens the directory that the settings choose.
  ///
  /// - Parameters:
  ///   - settings: the kind of the directory, and the settings to reach it.
  ///   - files: the files of the ledger. One of these files is the file of an embedded directory.
  ///   - acceptsMissingLog: true to open an embedded directory even if its write-ahead log is missing.
  ///   - thread: the thread that writes the file of an embedded directory.
  ///   - metrics: the registry for the metrics of Microsoft Graph.
  init(
    _ settings: DirectorySettings,
    files: LedgerFiles,
    acceptsMissingLog: Bool,
    thread: WriterThread,
    metrics: any MetricsFactory
  ) async throws {
    switch settings {
    case .embedded(let sample):
      let path = files.directory
      let storage = try Storage(path: path, kind: .directory, acceptsMissingLog: acceptsMissingLog)
      let directory = try EmbeddedDirectory(
        storage: storage,
        thread: thread,
        newTenantID: GUID.random(),
        sample: sample
      )
      self = .embedded(directory, storage)
    case .graph(let graph):
      let directory = GraphDirectory(
        graphURL: graph.graphURL,
        loginURL: graph.loginURL,
        credential: try await Self.credential(graph),
        timeout: graph.timeout,
        settleWindow: graph.settleWindow,
        metrics: metrics
      )
      self = .graph(directory, graph)
    }
  }

  /// The directory to which the server sends requests.
  var directory: any Directory {
    switch self {
    case .embedded(let directory, _): directory
    case .graph(let directory, _): directory
    }
  }

  /// The id of the tenant that owns the directory.
  var tenantID: String {
    switch self {
    case .embedded(let directory, _): directory.tenantID
    case .graph(_, let settings): settings.tenantID
    }
  }

  /// Closes the directory.
  ///
  /// Call this method once, after the last request to the directory.
  func close() async throws {
    switch self {
    case .embedded(_, let storage): try storage.close()
    case .graph(let directory, _): try await directory.shutdown()
    }
  }

  /// Closes the connections to Microsoft Graph when the server ends with an error.
  ///
  /// An error while a connection is closed is ignored, so that the caller reports the error that ended the server.
  func abandon() async {
    if case .graph(let directory, _) = self { try? await directory.shutdown() }
  }

  private static func credential(_ settings: GraphSettings) async throws -> GraphCredential? {
    guard let clientID = settings.clientID, let source = settings.proof else { return nil }
    do {
      let proof: GraphCredential.Proof =
        switch source {
        case .secret(let secret): .secret(secret)
        case .secretFile(let path): .secretFile(path: path)
        case .certificate(let path): .certificate(try await GraphCertificate(pemFileAt: path))
        case .federatedTokenFile(let path): .federatedTokenFile(path: path)
        }
      let credential = GraphCredential(tenantID: settings.tenantID, clientID: clientID, proof: proof)
      try credential.requireReadable()
      return credential
    } catch {
      throw CommandFailure(.usage, "\(error)")
    }
  }
}
