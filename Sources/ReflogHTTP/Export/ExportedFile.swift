import HTTPTypes
import Hummingbird
import NIOCore
import ReflogFormats
import ReflogModel
import ReflogService

/// An exported file that is sent while it is written.
struct ExportedFile<Source: ExportSource>: Sendable where Source.Item: Exported {
  private let source: Source
  private let lines: ExportLines<Source.Item>
  private let manifest: ManifestDraft?

  /// Creates an exported file.
  ///
  /// - Parameters:
  ///   - source: The items of the file. The items are read piece by piece.
  ///   - lines: The writer that converts items to lines of the file.
  ///   - manifest: The draft of the manifest, or nil if no manifest was requested. The draft is completed after the
  ///     last line.
  init(_ source: Source, _ lines: ExportLines<Source.Item>, manifest: ManifestDraft? = nil) {
    self.source = source
    self.lines = lines
    self.manifest = manifest
  }

  /// Writes the file.
  ///
  /// The manifest is stored after the whole file was written.
  @concurrent
  func write(to writer: inout any ResponseBodyWriter) async throws {
    var manifest = manifest
    manifest?.add(lines.header, linesAt: lines.header.isEmpty ? [] : [0])
    if !lines.header.isEmpty { try await writer.write(ByteBuffer(bytes: lines.header)) }
    var piece = try await source.firstItems()
    while let current = piece {
      async let following = current.following()
      let items = current.items
      var bytes: [UInt8] = []
      bytes.reserveCapacity(items.count * 600)
      var starts: [Int] = []
      for item in items {
        starts.append(bytes.count)
        lines.write(item, to: &bytes)
      }
      manifest?.add(bytes, linesAt: starts, sequences: items.map(\.sequence))
      if !bytes.isEmpty { try await writer.write(ByteBuffer(bytes: bytes)) }
      piece = try await following
    }
    try manifest?.finish()
    try await writer.finish(nil)
  }
}

extension Response {
  /// Creates an answer with an exported file.
  init<Source: ExportSource>(
    _ format: ExportFormat,
    _ file: ExportedFile<Source>,
    of share: ExportShare,
    named name: DownloadName
  ) where Source.Item: Exported {
    self.init(
      status: .ok,
      headers: [.contentType: format.contentType, .contentDisposition: name.disposition],
      body: ResponseBody { writer in try await share.write { try await file.write(to: &writer) } }
    )
  }
}
