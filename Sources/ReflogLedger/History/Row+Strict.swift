import Foundation
import GRDB
import ReflogModel

/// Reads the columns of a row that was found in a file which somebody may have damaged: a value of another type than Reflog writes
/// is an error, where GRDB would convert it, or end the process.
extension Row {
  func number(_ column: Int) throws -> Int64 {
    guard let number = try optionalNumber(column) else { throw unexpected(column) }
    return number
  }

  func optionalNumber(_ column: Int) throws -> Int64? {
    switch (self[column] as DatabaseValue).storage {
    case .int64(let number): number
    case .null: nil
    default: throw unexpected(column)
    }
  }

  func text(_ column: Int) throws -> String {
    guard let text = try optionalText(column) else { throw unexpected(column) }
    return text
  }

  func optionalText(_ column: Int) throws -> String? {
    switch (self[column] as DatabaseValue).storage {
    case .string(let text): text
    case .null: nil
    default: throw unexpected(column)
    }
  }

  func optionalBytes(_ column: Int) throws -> Data? {
    switch (self[column] as DatabaseValue).storage {
    case .blob(let bytes): bytes
    case .null: nil
    default: throw unexpected(column)
    }
  }

  /// A moment that can be written as a date.
  func time(_ column: Int) throws -> Timestamp {
    guard let time = Timestamp(recorded: try number(column)) else { throw unexpected(column) }
    return time
  }

  private func unexpected(_ column: Int) -> LedgerError {
    .corrupt("\(columnNames.dropFirst(column).first ?? "a column") holds what can't stand there")
  }
}

extension Timestamp {
  /// 1970 to 9999: what Reflog records, and what RFC 3339 can say.
  init?(recorded microseconds: Int64) {
    guard (0..<253_402_300_800_000_000).contains(microseconds) else { return nil }
    self.init(microseconds: microseconds)
  }
}
