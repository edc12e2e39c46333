import Foundation
import ReflogLedger
import ReflogStorage

/// Writes the files that commands create, and refuses to replace a file of a ledger.
///
/// All commands write their files with this type.
struct OutputFiles {
  /// The paths of the ledgers whose files are protected.
  ///
  /// For a ledger in PostgreSQL, the path is the path of the ledger's files on this machine.
  private let ledgers: [String]

  /// Creates a writer that protects the files of three ledgers.
  ///
  /// These are the ledger at the given path, the ledger in the settings, and the default ledger.
  init(besidesLedgerAt database: String?) {
    ledgers = [
      LedgerLocation(given: database).filesPath, database, Environment["REFLOG_DATABASE"], LedgerLocation.defaultFile,
    ]
    .compactMap(\.self)
  }

  /// Writes a file after a check of its path.
  ///
  /// When the method returns, the file is complete and durable. If the method throws, an earlier file is unchanged.
  ///
  /// - Parameters:
  ///   - path: the path of the file.
  ///   - replacing: whether an existing file with the same name is replaced.
  ///   - body: a closure that writes the content.
  func write(_ path: String, replacing: Bool, _ body: (WholeFile) async throws -> Void) async throws {
    try check(path, replacing: replacing)
    try await WholeFile.write(path, replacing: replacing, body)
  }

  /// Throws a failure if a command must not write to a path.
  func check(_ path: String, replacing: Bool) throws {
    if let ledger = owner(of: path) {
      throw CommandFailure(
        .refused,
        "\(path) is a file of the ledger \(ledger), so it is not replaced. Name another file."
      )
    }
    guard let type = (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType else {
      return
    }
    guard type == .typeRegular else {
      throw CommandFailure(
        .refused,
        "\(path) exists and is not a regular file, so it is not replaced. Use another path."
      )
    }
    guard replacing else {
      throw CommandFailure(.refused, "\(path) exists already. Name another file, or use --force to replace it.")
    }
  }

  /// Returns the path of the ledger to which a file belongs, or nil if the file belongs to no ledger.
  private func owner(of path: String) -> String? {
    let parents = LedgerFiles.endings.filter(path.hasSuffix).map { String(path.dropLast($0.count)) }
    // A SQLite file of Reflog is a backup if none of these files is next to it. A command can replace a backup.
    let isInUse = ["-wal", ".lock", ".key", ".anchor"].contains { DurableFile.exists(path + $0) }
    let candidates = ledgers + parents + (isInUse ? [path] : [])
    let anchor = Environment["REFLOG_ANCHOR"]
    for ledger in candidates where Self.isLedger(ledger) {
      let files = LedgerFiles(database: ledger).all + (ledger == ledgers.first ? [anchor].compactMap(\.self) : [])
      if files.contains(where: { Self.isSameFile($0, path) }) { return ledger }
    }
    return nil
  }

  /// Returns whether a path is the path of a SQLite file of Reflog, or the path of the files of a PostgreSQL ledger.
  private static func isLedger(_ path: String) -> Bool {
    let files = LedgerFiles(database: path)
    return StorageKind.isReflogFile(path) || (DurableFile.exists(files.key) && DurableFile.exists(files.anchor))
  }

  /// Returns whether two paths identify the same file, even if one path contains a link or the file does not exist.
  static func isSameFile(_ first: String, _ second: String) -> Bool {
    DurableFile.isSame(first, second) ?? (location(first) == location(second))
  }

  /// Returns the absolute path of a file that does not exist. Links in the path of its folder are resolved.
  private static func location(_ path: String) -> String {
    let url = URL(fileURLWithPath: path)
    return url.deletingLastPathComponent().resolvingSymlinksInPath().appendingPathComponent(url.lastPathComponent).path
  }
}
