import HTTPTypes
import Hummingbird
import NIOCore

/// In which form a list is taken away whole; nothing where it is only looked at, page by page.
package enum ExportFormat: String, CaseIterable, Sendable {
  case csv, jsonl, ocsf, asim

  /// Asked for by `$format`, or by the first media range of `Accept` where that is missing.
  init?(_ request: Request) throws(RequestError) {
    let options = try QueryOptions(request, allowing: QueryOptions.Name.allCases)
    switch options[.format]?.lowercased() {
    case "csv", "text/csv": self = .csv
    case "jsonl", "application/jsonl", "application/x-ndjson": self = .jsonl
    case "ocsf": self = .ocsf
    case "asim": self = .asim
    case "json", "application/json": return nil
    case nil:
      let first = (request.headers[.accept] ?? "").split(separator: ",").first?.split(separator: ";").first ?? ""
      switch first.lowercased().filter({ $0 != " " }) {
      case "text/csv": self = .csv
      case "application/jsonl", "application/x-ndjson": self = .jsonl
      default: return nil
      }
    case let format?:
      throw .badRequest("$format is json, jsonl, csv, ocsf or asim, not \(format).", target: "$format")
    }
  }

  private var contentType: String {
    switch self {
    case .csv: "text/csv; charset=utf-8; header=present"
    case .jsonl, .ocsf, .asim: "application/jsonl; charset=utf-8"
    }
  }

  private func fileName(_ name: String) -> String {
    switch self {
    case .csv, .jsonl: "\(name).\(rawValue)"
    case .ocsf, .asim: "\(name).\(rawValue).jsonl"
    }
  }

  /// A file in this form, whose pieces are made while the one before is taken.
  func response<Pieces: ExportPieces>(named name: String, _ pieces: Pieces) -> Response {
    Response(
      status: .ok,
      headers: [
        .contentType: contentType, .contentDisposition: "attachment; filename=\"\(fileName(name))\"",
      ],
      body: ResponseBody { writer in
        var (piece, rest) = (ByteBuffer(bytes: pieces.header), Optional(pieces))
        while let current = rest {
          async let following = current.next()
          if piece.readableBytes > 0 { try await writer.write(piece) }
          guard let (bytes, further) = try await following else { break }
          piece = ByteBuffer(bytes: bytes)
          rest = further
        }
        try await writer.finish(nil)
      }
    )
  }
}

/// A file that is made piece by piece, each when it is asked for.
package protocol ExportPieces: Sendable {
  /// What stands at the beginning.
  var header: [UInt8] { get }

  /// The next piece and what makes the ones behind it; nothing at the end. A piece may be empty.
  func next() async throws -> (piece: [UInt8], rest: Self)?
}
