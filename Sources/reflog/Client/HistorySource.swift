import Foundation
import NIOCore
import NIOHTTP1
import ReflogEvidence
import ReflogFormats
import ReflogLedger
import ReflogModel
import ReflogService

/// A source of history: a server or a ledger.
///
/// A JSON object in a result is the body of the answer to the corresponding HTTP request, even if the source is a
/// ledger.
protocol HistorySource {
  /// Returns the newest of the selected changes, or the oldest if `isAscending` is true.
  func history(top: Int, of selection: ChangeSelection, isAscending: Bool) async throws -> JSONObject
  /// Returns the number of the selected changes, or nil if these changes can't be counted in a short time.
  func count(_ selection: ChangeSelection) async throws -> Int64?
  /// Returns one change.
  func change(_ id: Change.ID) async throws -> JSONObject
  /// Returns the reference of every step at a time, or the current references if the time is nil.
  func configurations(asOf moment: Timestamp?) async throws -> JSONObject
  /// Returns the differences between the references at two times. The second time is nil for the current references.
  func comparison(from first: Timestamp, to second: Timestamp?) async throws -> JSONObject
  /// Returns the state of the ledger.
  func status() async throws -> JSONObject
  /// Returns the newest signed checkpoint and the key that verifies the checkpoint, as `{"checkpoint","key"}`.
  func checkpoint() async throws -> JSONObject
  /// Returns the log's name.
  func origin() async throws -> Origin
  /// Returns the receipt of a change.
  func proof(_ id: Change.ID) async throws -> [UInt8]
  /// Passes an exported file to a closure, piece by piece.
  func export(_ order: ExportRequest, to output: (Data) throws -> Void) async throws
}

extension HistorySource {
  /// Returns the newest of the selected changes.
  func history(top: Int, of selection: ChangeSelection) async throws -> JSONObject {
    try await history(top: top, of: selection, isAscending: false)
  }
}

extension ServerClient: HistorySource {
  /// Returns the selected changes, and requests more pages until it has `top` changes or all of them.
  ///
  /// If no index can answer the filter, the server scans changes for a limited time. A page from the server can then
  /// contain fewer changes than requested.
  func history(top: Int, of selection: ChangeSelection, isAscending: Bool) async throws -> JSONObject {
    let options = (isAscending ? "&$orderby=id" : "") + selection.options
    var body = try await send(.GET, "/beta/auditLogs/connectorChanges?$top=\(top)" + options).body
    var found = body["value"]?.array ?? []
    var progress = SearchProgress(isAscending: isAscending)
    defer { progress.end() }
    while found.count < top, let link = body["@odata.nextLink"]?.string, let mark = link.firstIndex(of: "?") {
      progress.show(body["@reflog.searchedDateTime"]?.string)
      body = try await send(.GET, "/beta/auditLogs/connectorChanges" + String(link[mark...])).body
      found += body["value"]?.array ?? []
    }
    body["value"] = .array(Array(found.prefix(top)))
    return body
  }

  func count(_ selection: ChangeSelection) async throws -> Int64? {
    // A count can take long. If the count takes longer than `countTimeout`, the number is not shown.
    let answer = try? await send(
      .GET,
      "/beta/auditLogs/connectorChanges?$top=1&$count=true" + selection.options,
      timeout: Self.countTimeout
    )
    return answer?.body["@odata.count"]?.wholeNumber
  }

  func change(_ id: Change.ID) async throws -> JSONObject {
    try await send(.GET, "/beta/auditLogs/connectorChanges/\(id)").body
  }

  func configurations(asOf moment: Timestamp?) async throws -> JSONObject {
    let option = moment.map { "?asOf=" + $0.description.percentEncoded() } ?? ""
    return try await send(.GET, "/beta/auditLogs/connectorConfigurations" + option).body
  }

  func comparison(from first: Timestamp, to second: Timestamp?) async throws -> JSONObject {
    let options = [QueryItem("asOf", first.description), QueryItem("compareWith", second?.description ?? "now")]
    return try await send(.GET, "/beta/auditLogs/connectorConfigurations?" + options.encoded()).body
  }

  func status() async throws -> JSONObject {
    try await send(.GET, "/beta/reflog/status").body
  }

  /// Returns the checkpoint from `/checkpoint`, and the key from the status.
  func checkpoint() async throws -> JSONObject {
    let note = try await text("/checkpoint")
    return ["checkpoint": .string(note), "key": try await status()["verifierKey"] ?? .null]
  }

  func proof(_ id: Change.ID) async throws -> [UInt8] {
    Array(try await text("/beta/auditLogs/connectorChanges/\(id)?$format=tlog-proof").utf8)
  }

  /// Returns the first line of `/checkpoint`, which is the log's name.
  func origin() async throws -> Origin {
    let note = try await text("/checkpoint")
    return try Origin(note.prefix { $0 != "\n" })
  }

  private func text(_ path: String) async throws -> String {
    var bytes = Data()
    try await stream(path) { bytes.append(contentsOf: $0.readableBytesView) }
    return String(decoding: bytes, as: UTF8.self)
  }

  func export(_ order: ExportRequest, to output: (Data) throws -> Void) async throws {
    try await stream("/beta/auditLogs/connectorChanges?" + order.query) { try output(Data($0.readableBytesView)) }
  }

  /// Passes the ZIP file with a pack for auditors to a closure, piece by piece.
  func evidence(_ request: EvidenceRequest, to output: (Data) throws -> Void) async throws {
    var options = [QueryItem("period", request.period.name)]
    if let flow = request.flow { options.append(QueryItem("flow", flow)) }
    try await stream("/beta/auditLogs/evidence?" + options.encoded()) { try output(Data($0.readableBytesView)) }
  }

  /// Passes an exported file to a closure, and returns the file's signed manifest.
  func exportWithManifest(_ order: ExportRequest, to output: (Data) throws -> Void) async throws -> String {
    let headers = try await stream("/beta/auditLogs/connectorChanges?manifest=true&" + order.query) { piece in
      try output(Data(piece.readableBytesView))
    }
    guard let id = headers.first(name: "Reflog-Manifest")?.split(separator: "/").last else {
      throw CommandFailure(.internal, "The server's answer does not contain the id of the manifest.")
    }
    return try await text("/beta/auditLogs/exportManifests/\(id)")
  }
}

/// A ledger that is read without a server.
///
/// The answers contain no links.
struct DatabaseSource: HistorySource {
  /// The maximum time for a count, which a command shows only in a message in addition to the result.
  private static let countTimeLimit = Duration.seconds(2)

  let service: HistoryService

  init(_ history: History) {
    service = HistoryService(history: history)
  }

  func history(top: Int, of selection: ChangeSelection, isAscending: Bool) async throws -> JSONObject {
    let query = try selection.query(isAscending: isAscending)
    var page = try await service.page(query, behind: nil, size: top)
    var progress = SearchProgress(isAscending: isAscending)
    defer { progress.end() }
    while page.changes.count < top, let next = page.next {
      progress.show(page.searched?.description)
      let further = try await service.page(query, behind: next, size: top - page.changes.count)
      page = ChangePage(
        changes: page.changes + further.changes,
        next: further.next,
        searched: further.searched
      )
    }
    let nearest = try await service.nearestNames(to: query, behind: nil, page: page)
    return Listing(try await service.inContext(page.changes, of: query), nearest: nearest).json(versionURL: nil)
  }

  func count(_ selection: ChangeSelection) async throws -> Int64? {
    do {
      return Int64(try await service.count(try selection.query(), timeLimit: Self.countTimeLimit))
    } catch ServiceError.questionTooBroad {
      return nil
    }
  }

  func change(_ id: Change.ID) async throws -> JSONObject {
    try await service.inContext(try await service.change(id)).json
  }

  func configurations(asOf moment: Timestamp?) async throws -> JSONObject {
    let configurations = try await service.configurations(asOf: moment ?? .distantFuture, includesEdits: true)
    return Listing(configurations).json(versionURL: nil)
  }

  func comparison(from first: Timestamp, to second: Timestamp?) async throws -> JSONObject {
    try await service.comparison(from: first, to: second ?? .distantFuture).json(versionURL: nil)
  }

  func status() async throws -> JSONObject {
    try await service.status().json
  }

  func checkpoint() async throws -> JSONObject {
    let signed = try await service.checkpoint()
    return ["checkpoint": .string(signed.note), "key": .string(signed.key)]
  }

  func origin() async throws -> Origin {
    try await service.origin()
  }

  func proof(_ id: Change.ID) async throws -> [UInt8] {
    try await service.proof(of: id).bytes
  }

  func export(_ order: ExportRequest, to output: (Data) throws -> Void) async throws {
    let lines = order.lines
    if let after = order.after { try await service.check(after) }
    let selection = ChangeSelection(filter: order.filter, includesImpact: order.includesImpact)
    let export = service.export(try selection.query(), afterEntry: order.after?.sequence)
    try output(Data(lines.header))
    var piece = try await export.firstItems()
    while let current = piece {
      async let following = current.following()
      var bytes: [UInt8] = []
      for change in current.items { lines.write(change, to: &bytes) }
      try output(Data(bytes))
      piece = try await following
    }
  }
}
