import Foundation
import ReflogEvidence
import ReflogModel
import ReflogTesting
import Synchronization
import Testing

/// Tests that a ZIP file contains the written files, even if several files were written at the same time.
struct ZipTests {
  /// Collects the bytes of a ZIP file.
  private final class Collector: ByteReceiver, Sendable {
    private let state = Mutex<[UInt8]>([])

    var bytes: [UInt8] { state.withLock { $0 } }

    func receive(_ bytes: [UInt8]) { state.withLock { $0 += bytes } }
  }

  /// Keeps files in memory.
  private struct MemoryOutput: EvidenceOutput {
    var files: [String: [UInt8]] = [:]
    var ended: [String] = []

    mutating func append(_ bytes: [UInt8], to name: String) { files[name, default: []] += bytes }
    mutating func end(_ name: String) { ended.append(name) }
    mutating func write(_ bytes: [UInt8], to name: String) { (files[name], _) = (bytes, ended.append(name)) }
  }

  private static let time = Timestamp(microseconds: 1_790_000_000_000_000)

  private func zip() async throws -> [UInt8] {
    let collector = Collector()
    var output = ZipOutput(collector, time: Self.time)
    for piece in 0..<100 {
      try await output.append(Array("first \(piece)\n".utf8), to: "first.txt")
      try await output.append(Array("second \(piece)\n".utf8), to: "folder/second.txt")
    }
    try await output.end("first.txt")
    try await output.end("folder/second.txt")
    try await output.write(Array("whole".utf8), to: "whole.txt")
    try await output.write([], to: "empty.txt")
    try await output.finish()
    return collector.bytes
  }

  private static func write(_ bytes: [UInt8], in folder: String) throws -> FileHandle {
    let path = folder + "/pack.zip"
    try Data(bytes).write(to: URL(filePath: path))
    return try #require(FileHandle(forReadingAtPath: path))
  }

  @Test func everyWrittenFileCanBeRead() async throws {
    try await withTemporaryFolder { folder in
      let reader = try ZipReader(try Self.write(try await zip(), in: folder))
      var output = MemoryOutput()
      try await reader.extract(to: &output)

      #expect(output.ended == ["first.txt", "folder/second.txt", "whole.txt", "empty.txt"])
      #expect(output.files["first.txt"] == Array((0..<100).map { "first \($0)\n" }.joined().utf8))
      #expect(output.files["folder/second.txt"] == Array((0..<100).map { "second \($0)\n" }.joined().utf8))
      #expect(output.files["whole.txt"] == Array("whole".utf8))
      #expect(output.files["empty.txt"] == [])

      var one = MemoryOutput()
      try await reader.extract(to: &one, only: "whole.txt")
      #expect(one.files == ["whole.txt": Array("whole".utf8)])
    }
  }

  @Test func anotherProgramReadsTheFile() async throws {
    try await withTemporaryFolder { folder in
      _ = try Self.write(try await zip(), in: folder)
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = ["python3", "-m", "zipfile", "-t", folder + "/pack.zip"]
      let output = Pipe()
      process.standardOutput = output
      try process.run()
      let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()

      #expect(process.terminationStatus == 0)
      #expect(text == "Done testing\n")
    }
  }

  @Test func aFileThatWasCutIsRefused() async throws {
    try await withTemporaryFolder { folder in
      let bytes = try await zip()
      for length in [0, 10, bytes.count / 2, bytes.count - 1] {
        let file = try Self.write(Array(bytes.prefix(length)), in: folder)
        #expect(throws: ZipError.isIncomplete) { try ZipReader(file) }
      }
      #expect("\(ZipError.isIncomplete)" == "The pack was not received completely. Try again.")
    }
  }

  @Test func aDamagedFileIsNamed() async throws {
    try await withTemporaryFolder { folder in
      var bytes = try await zip()
      let position = try #require(bytes.firstRange(of: Array("second 7".utf8))?.lowerBound)
      bytes[position] ^= 1
      let reader = try ZipReader(try Self.write(bytes, in: folder))
      var output = MemoryOutput()
      await #expect(throws: ZipError.wrongChecksum("folder/second.txt")) { try await reader.extract(to: &output) }
      #expect(
        "\(ZipError.wrongChecksum("a"))" == "The file a of the pack was damaged during the transfer. Try again."
      )
    }
  }

  @Test func aFileOutsideOfTheFolderIsRefused() async throws {
    for name in ["../a", "/a", "a/../../b", "a\\b", "", "a//b", "."] {
      try await withTemporaryFolder { folder in
        let collector = Collector()
        var output = ZipOutput(collector, time: Self.time)
        try await output.write([1], to: name)
        try await output.finish()
        let reader = try ZipReader(try Self.write(collector.bytes, in: folder))
        var files = MemoryOutput()
        await #expect(throws: ZipError.unsafeName(name)) { try await reader.extract(to: &files) }
        #expect(files.files.isEmpty)
      }
    }
    #expect(
      "\(ZipError.unsafeName("../a"))"
        == "The pack has a file with the name '../a', which is not in the folder of the pack."
    )
  }
}
