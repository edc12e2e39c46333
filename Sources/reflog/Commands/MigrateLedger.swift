import ArgumentParser
import Foundation
import ReflogLedger
import ReflogModel
import ReflogStorage

/// The command `reflog migrate-ledger`.
struct MigrateLedger: Command {
  static let configuration = CommandConfiguration(
    commandName: "migrate-ledger",
    abstract: "Copies a whole ledger into another database, between SQLite files and PostgreSQL.",
    discussion: """
      FROM and TO are values as for --database: the path of a SQLite file or the URL of a PostgreSQL database. Stop the \
      server that uses FROM first. FROM is only read. TO must not exist, or must be an empty database.

      The copy has the same name, entries, checkpoints and API tokens. At the end the verb compares every table of the \
      copy with FROM, and the entries of the copy with the signed checkpoint. If the verb was interrupted, run it again: \
      it continues. A server refuses a copy that is not complete.

      After the copy, use only one of the two ledgers. If both record changes, two different histories have the same \
      name and key.

        reflog migrate-ledger /var/lib/reflog/reflog.sqlite postgresql://reflog_owner@db.example/reflog
      """
  )

  @Argument(help: "The ledger to copy: a file or a PostgreSQL URL.")
  var from: String

  @Argument(help: "The new ledger: a file or a PostgreSQL URL.")
  var to: String

  func execute() async throws {
    let (from, to) = (LedgerLocation(from), LedgerLocation(to))
    try Self.refuseOneDatabase(from, to)
    let source = try from.source()
    let target = try to.target()
    let result: LedgerMigration.Result
    do { result = try await Self.migrate(source, target) } catch {
      // An error of `close` is ignored, so that the command reports the error of the migration.
      try? target.close()
      throw error
    }
    try target.close()
    Self.report(result, from, to)
  }

  /// Throws a failure if the target is the database of the source, or would replace a file of the source.
  private static func refuseOneDatabase(_ from: LedgerLocation, _ to: LedgerLocation) throws {
    switch (from.database, to.database) {
    case (.file(let source), .file(let target)):
      let isTaken = LedgerFiles(database: source).all.contains { DurableFile.isSame($0, target) ?? ($0 == target) }
      guard !isTaken else {
        throw CommandFailure(.usage, "\(target) is a file of the ledger \(source). Name another file.")
      }
    case (.postgreSQL(let source), .postgreSQL(let target)):
      guard source != target else {
        throw CommandFailure(.usage, "\(to.name) is the ledger to copy. Name another database.")
      }
    default: return
    }
  }

  private static func migrate(
    _ source: LedgerSource,
    _ target: any LedgerTarget
  ) async throws -> LedgerMigration.Result {
    let copied = Counter(verb: "copied", noun: "rows")
    let compared = Counter(verb: "compared", noun: "rows")
    let result = try await LedgerMigration(from: source, to: target).run { progress in
      switch progress {
      case .copied(let count): copied.add(count)
      case .compared(let count):
        copied.end()
        compared.add(count)
      }
    }
    copied.end()
    compared.end()
    return result
  }

  private static func report(_ result: LedgerMigration.Result, _ from: LedgerLocation, _ to: LedgerLocation) {
    Terminal.say(
      "\(to.name) is a complete copy of \(from.name). The root \(result.root.base64) of the first \(result.size) entries "
        + "matches the signed checkpoint."
    )
    Terminal.say(
      result.hasTokens ? "The API tokens were copied." : "\(from.name) has no API tokens, so none were copied."
    )
    let (old, new) = (from.files, to.files)
    let further = "the anchor \(old.anchor), and, if it exists, the embedded directory \(old.directory)"
    switch (from.database, to.database) {
    case (.postgreSQL, .postgreSQL):
      Terminal.say("Serve the copy with the same --files: the signing key and the anchor belong to the ledger.")
    case (.postgreSQL, .file):
      Terminal.say(
        "The files that \(from.name) has at its path --files were not copied: the signing key, the "
          + "anchor, and, if it exists, the embedded directory. Copy them to \(new.key), \(new.anchor) and "
          + "\(new.directory)."
      )
    case (.file, .file):
      Terminal.say(
        "These files belong to the ledger and were not copied: the signing key \(old.key), \(further). Copy them to "
          + "\(new.key), \(new.anchor) and \(new.directory)."
      )
    case (.file, .postgreSQL):
      Terminal.say(
        "These files belong to the ledger and stay where they are: the signing key \(old.key), \(further). Serve the copy "
          + "with the new URL as --database, and with --files \(from.filesPath)."
      )
    }
    Terminal.say("Do not start a server on \(from.name) again. Two ledgers would continue the same log.")
  }
}

extension LedgerLocation {
  /// Opens the ledger from which all rows are copied.
  fileprivate func source() throws -> LedgerSource {
    switch database {
    case .file(let path): try LedgerSource(ofFileAt: path)
    case .postgreSQL(let url): try PostgreSQLSupport.source(at: url)
    }
  }

  /// Opens or creates the database into which the rows of another ledger are copied.
  fileprivate func target() throws -> any LedgerTarget {
    switch database {
    case .file(let path): try SQLiteTarget(path: path)
    case .postgreSQL(let url): try PostgreSQLSupport.target(at: url)
    }
  }
}
