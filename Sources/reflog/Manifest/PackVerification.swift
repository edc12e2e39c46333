import Foundation
import Glibc
import ReflogModel

/// Compares the files of a pack with the pack's signed manifest.
struct PackVerification {
  private static let pieceSize = 1 << 20
  /// The maximum number of bytes that are read from an altered text file.
  ///
  /// Reflog reads the text of a file that differs from the manifest, to find out whether only the line ends or a byte
  /// order mark differ.
  private static let textLimit = 64 << 20
  /// The folder of the pack with the lists of rows.
  ///
  /// A list contains the id and the hash of each row of a file.
  private static let listFolder = "rows/"
  /// The names of files that operating systems create in a folder when a person opens the folder.
  private static let filesOfSystems: Set = [".DS_Store", "Thumbs.db", "desktop.ini"]
  /// The texts that programs add in front of and behind the name of a file, to name a second file.
  ///
  /// While a file is open, LibreOffice creates a second file with the first kind of name, and Excel creates one with
  /// the second kind of name. On disks with a foreign file system, macOS creates a second file with the third kind of
  /// name next to each file.
  private static let namesNextToFiles = [(".~lock.", "#"), ("~$", ""), ("._", "")]

  /// The path of the pack's folder.
  let folder: String
  let manifest: EvidenceManifest

  /// Compares every file with the manifest, and finds the files that are not in the manifest.
  func run() throws -> FileReport {
    var report = FileReport()
    let files = Dictionary(manifest.files.map { ($0.name, $0) }) { first, _ in first }
    let contents = Dictionary(manifest.files.map { ($0.sha256, $0.name) }) { _, last in last }
    for file in manifest.files.sorted(by: { $0.name < $1.name }) {
      do { try compare(file, files, contents, &report) } catch {
        report.add("\(file.name.printable): the file can't be read, so it was not checked.")
      }
    }
    for finding in others().sorted(by: { $0.name < $1.name }) {
      report.add("\(finding.name.printable): \(finding.problem)")
    }
    return report
  }

  /// Compares a file with the manifest.
  ///
  /// - Throws: An error if the file can't be read.
  private func compare(
    _ file: EvidenceManifest.File,
    _ files: [String: EvidenceManifest.File],
    _ contents: [Hash: String],
    _ report: inout FileReport
  ) throws {
    let isOutside = file.name.hasPrefix("/") || file.name.split(separator: "/").contains("..")
    guard !isOutside, !file.name.contains("\\") else {
      return report.add("\(file.name.printable): this is not a name of a file in a pack.")
    }
    guard let hash = try Self.hash(ofFileAt: path(file.name)) else {
      return report.add("\(file.name): the file is missing.")
    }
    guard hash != file.sha256 else { return }
    if let other = contents[hash] {
      report.add("\(file.name): the file has the content of \(other).")
    } else if file.format == .text {
      try compareText(file, &report)
    } else {
      try compareRows(file, files, &report)
    }
  }

  private func path(_ name: String) -> String { folder + "/" + name }

  private func compareRows(
    _ file: EvidenceManifest.File,
    _ files: [String: EvidenceManifest.File],
    _ report: inout FileReport
  ) throws {
    let comparison = RowComparison(
      name: file.name,
      format: file.format,
      rowCount: file.rows ?? 0,
      rowsSHA256: file.rowsSHA256,
      list: files[Self.listFolder + file.name].flatMap(list)
    )
    try comparison.run(try GivenRows(path(file.name), file.format), &report)
  }

  /// Returns the list of the rows of a file, or nil if the list was altered, is missing, or can't be read.
  private func list(_ file: EvidenceManifest.File) -> RowComparison.List? {
    let listPath = path(file.name)
    // If the list was altered, this problem is reported when the list itself is compared with the manifest.
    guard (try? Self.hash(ofFileAt: listPath)) == file.sha256 else { return nil }
    return (try? String(contentsOfFile: listPath, encoding: .utf8)).map { RowComparison.List($0) }
  }

  private func compareText(_ file: EvidenceManifest.File, _ report: inout FileReport) throws {
    let path = path(file.name)
    guard let opened = FileHandle(forReadingAtPath: path) else { throw CommandFailure.unreadable(path) }
    let given = Array(try opened.read(upToCount: Self.textLimit) ?? Data())
    let isMarked = given.starts(with: TextEncoding.byteOrderMark)
    let unmarked = isMarked ? Array(given.dropFirst(TextEncoding.byteOrderMark.count)) : given
    let text = TextEncoding.withLineFeeds(unmarked)
    let spellings = [text, text + [0x0A], text.last == 0x0A ? text.dropLast() : text]
    guard let index = spellings.firstIndex(where: { Hash(of: $0) == file.sha256 }) else {
      return report.add("\(file.name): the file was altered.")
    }
    var differences: Set<FormDifference> = isMarked ? [.byteOrderMark] : []
    if index > 0 || text != unmarked { differences.insert(.lineEnds) }
    report.addForm("\(file.name): \(FormDifference.sentence(differences, andThe: "text agrees"))")
  }

  /// Finds the files that are not in the manifest, and the folders that can't be read.
  ///
  /// Files that systems and spreadsheets create are ignored.
  private func others() -> [(name: String, problem: String)] {
    var known: Set = [EvidenceManifest.fileName]
    for file in manifest.files {
      let parts = file.name.split(separator: "/")
      for count in parts.indices { known.insert(parts[...count].joined(separator: "/")) }
    }
    var (found, folders): ([(name: String, problem: String)], [String]) = ([], [""])
    while let folder = folders.popLast() {
      guard let names = try? FileManager.default.contentsOfDirectory(atPath: path(folder)) else {
        found.append((folder.isEmpty ? "." : folder, "the folder can't be read, so it was not checked."))
        continue
      }
      for name in names {
        let path = folder.isEmpty ? name : "\(folder)/\(name)"
        let type = (try? FileManager.default.attributesOfItem(atPath: self.path(path)))?[.type] as? FileAttributeType
        // Links are not followed, so a link to a folder counts as a file.
        if type == .typeDirectory {
          folders.append(path)
        } else if !manifest.files.contains(where: { $0.name == path }), path != EvidenceManifest.fileName,
          type != .typeRegular || !Self.isIgnored(name, in: folder, nextTo: known)
        {
          found.append((path, "the file is not in the manifest."))
        }
      }
    }
    return found
  }

  /// Returns whether a system or a spreadsheet creates a file with this name next to the files and folders of a pack.
  private static func isIgnored(_ name: String, in folder: String, nextTo known: Set<String>) -> Bool {
    filesOfSystems.contains(name)
      || namesNextToFiles.contains { start, end in
        guard name.hasPrefix(start), name.hasSuffix(end) else { return false }
        let other = name.dropFirst(start.count).dropLast(end.count)
        return known.contains(folder.isEmpty ? String(other) : "\(folder)/\(other)")
      }
  }

  /// Returns the SHA-256 of a file, or nil if no regular file exists at the path.
  ///
  /// - Throws: An error if the file, or the folder of the file, can't be read.
  static func hash(ofFileAt path: String) throws -> Hash? {
    let unreadable = CommandFailure.unreadable(path)
    // A path with a zero byte is refused, because the operating system ignores the rest of the path after a zero byte.
    guard !path.utf8.contains(0) else { return nil }
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else {
      // Only these two errors show that the file is missing. Another error can have another cause, for example a
      // missing permission.
      guard access(path, F_OK) != 0, errno == ENOENT || errno == ENOTDIR else { throw unreadable }
      return nil
    }
    guard attributes[.type] as? FileAttributeType == .typeRegular else { return nil }
    guard let file = FileHandle(forReadingAtPath: path) else { throw unreadable }
    var hash = RunningHash()
    while let data = try file.read(upToCount: pieceSize), !data.isEmpty { hash.add(Array(data)) }
    return hash.hash()
  }
}
