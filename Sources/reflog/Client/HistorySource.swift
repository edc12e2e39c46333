import Foundation
import NIOCore
import NIOHTTP1
import ReflogHTTP
import ReflogModel
import ReflogService

/// Answers the questions of reading verbs, each with the HTTP body of the same question.
protocol HistorySource {
  func history(top: Int, filter: String?) async throws -> JSONObject
  func change(_ id: Change.ID) async throws -> JSONObject
  func configurations(asOf moment: String?) async throws -> JSONObject
  func status() async throws -> JSONObject
  /// Hands out all of history as CSV.
  func export(raw: Bool, filter: String?, to output: (Data) throws -> Void) async throws
}

extension ServerClient: HistorySource {
  func history(top: Int, filter: String?) async throws -> JSONObject {
    try await send(.GET, "/beta/auditLogs/connectorChanges?$top=\(top)" + Self.option(filter)).body
  }

  private static func option(_ filter: String?) -> String {
    filter.map { "&$filter=" + $0.percentEncoded() } ?? ""
  }

  func change(_ id: Change.ID) async throws -> JSONObject {
    try await send(.GET, "/beta/auditLogs/connectorChanges/\(id)").body
  }

  func configurations(asOf moment: String?) async throws -> JSONObject {
    let option = moment.map { "?asOf=" + $0.percentEncoded() } ?? ""
    return try await send(.GET, "/beta/auditLogs/connectorConfigurations" + option).body
  }

  func status() async throws -> JSONObject {
    try await send(.GET, "/beta/reflog/status").body
  }

  func export(raw: Bool, filter: String?, to output: (Data) throws -> Void) async throws {
    try await stream("/beta/auditLogs/connectorChanges?$format=csv&raw=\(raw)" + Self.option(filter)) {
      try output(Data($0.readableBytesView))
    }
  }
}

/// The ledger's file, read without a server; its answers have no links.
struct LedgerFile: HistorySource {
  private let service: HistoryService

  init(path: String) throws {
    service = try HistoryService(readingFileAt: path)
  }

  func history(top: Int, filter: String?) async throws -> JSONObject {
    let query = try Self.query(filter)
    let page = try await service.page(query, behind: nil, size: top)
    return ChangeListing(page: page, query: query).json(versionURL: nil)
  }

  func change(_ id: Change.ID) async throws -> JSONObject {
    try await service.change(id).json
  }

  func configurations(asOf moment: String?) async throws -> JSONObject {
    let asked = moment.flatMap { Timestamp(parsing: $0) } ?? Timestamp(Date())
    return try await service.configurations(asOf: asked).json(versionURL: nil)
  }

  func status() async throws -> JSONObject {
    try await service.status().json
  }

  func export(raw: Bool, filter: String?, to output: (Data) throws -> Void) async throws {
    let csv = ChangeCSV(isRaw: raw)
    try output(Data(csv.header.utf8))
    var export = service.export(try Self.query(filter))
    while let piece = try await export.next() {
      try output(Data(piece.map(csv.line(of:)).joined().utf8))
    }
  }

  private static func query(_ filter: String?) throws -> ChangeQuery {
    ChangeQuery(filter: try filter.map(FilterParser.parse))
  }
}
