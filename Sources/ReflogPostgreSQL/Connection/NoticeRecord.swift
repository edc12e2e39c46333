#if PostgreSQL
import CLibpq

/// A notice from the server, for example a warning. A notice is never an error.
package struct PostgreSQLNotice: Sendable, Hashable {
  /// The SQLSTATE of the message, for example `01000` for a warning.
  package let code: String
  /// The text of the message.
  package let message: String

  /// Creates a message.
  package init(code: String, message: String) {
    self.code = code
    self.message = message
  }
}

/// Records the notices of a server: all messages except errors.
final class NoticeRecord {
  /// The newest messages.
  private(set) var messages: [PostgreSQLNotice] = []
  /// Whether a transaction in the last request was committed without a confirmation by the standby servers.
  private(set) var committedOnlyLocally = false

  /// The maximum number of messages in memory; the oldest message is dropped first.
  private static let maximumCount = 16

  /// Creates the record of a connection's messages; the record must exist as long as the connection.
  init(of server: OpaquePointer) {
    PQsetNoticeReceiver(
      server,
      { record, result in
        guard let record, let result else { return }
        Unmanaged<NoticeRecord>.fromOpaque(record).takeUnretainedValue().add(result)
      },
      Unmanaged.passUnretained(self).toOpaque()
    )
  }

  /// Prepares the record for the answers to the next request.
  func beginRequest() { committedOnlyLocally = false }

  private func add(_ result: OpaquePointer) {
    let code = Self.field(CLIBPQ_SQLSTATE, result)
    let message = Self.field(CLIBPQ_MESSAGE, result)
    if messages.count == Self.maximumCount { messages.removeFirst() }
    messages.append(PostgreSQLNotice(code: code, message: message))
    // The server's function `SyncRepWaitForLSN` sends a warning in two cases: the statement was cancelled during the
    // wait for a standby server (01000), or an administrator ended the connection during this wait (57P01). The
    // function sends no other warning. The check uses the name of the function, because the text of the warning can be
    // in any language.
    if Self.field(CLIBPQ_SOURCE_FUNCTION, result) == "SyncRepWaitForLSN", ["01000", "57P01"].contains(code) {
      committedOnlyLocally = true
    }
  }

  private static func field(_ field: Int32, _ result: OpaquePointer) -> String {
    PQresultErrorField(result, field).map { String(cString: $0) } ?? ""
  }
}
#endif
