import HTTPTypes
import Hummingbird
import NIOCore
import ReflogFormats
import ReflogModel
import ReflogService

/// A file that is made piece by piece, each when it is asked for.
struct ExportPieces<Source: ExportSource>: Sendable where Source.Item: Exported {
  private var source: Source
  private let lines: ExportLines<Source.Item>
  private var manifest: ManifestDraft?

  /// - Parameter manifest: what is to be signed once the last piece was made, or nil if nobody asked for that.
  init(_ source: Source, _ lines: ExportLines<Source.Item>, manifest: ManifestDraft? = nil) {
    self.source = source
    self.lines = lines
    self.manifest = manifest
    self.manifest?.add(lines.header)
  }

  var header: [UInt8] { lines.header }

  /// The next piece and what makes those behind it, or nil at the end. A piece may be empty.
  @concurrent
  func next() async throws -> (piece: [UInt8], rest: ExportPieces)? {
    var rest = self
    guard let items = try await rest.source.next() else {
      try manifest?.finish()
      return nil
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(items.count * 600)
    for item in items { lines.write(item, to: &bytes) }
    rest.manifest?.add(bytes, sequences: items.map(\.sequence))
    return (bytes, rest)
  }
}

extension Response {
  /// A file in this form, whose pieces are made while the one before is taken.
  init<Source: ExportSource>(file format: ExportFormat, _ pieces: ExportPieces<Source>) where Source.Item: Exported {
    let name = format.fileName(Source.Item.collection)
    self.init(
      status: .ok,
      headers: [.contentType: format.contentType, .contentDisposition: "attachment; filename=\"\(name)\""],
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
