#if PostgreSQL
import CLibpq
import ReflogStorage

extension SQLError {
  /// Creates an error from an error result of libpq.
  ///
  /// The error contains only the primary message and the SQLSTATE, because the detail can contain values of rows.
  init(_ result: OpaquePointer) {
    func field(_ field: Int32) -> String? { PQresultErrorField(result, field).map { String(cString: $0) } }
    guard let state = field(CLIBPQ_SQLSTATE) else {
      // If the connection is lost, libpq itself creates the result. Such a result has no SQLSTATE.
      let message = PQresultErrorMessage(result).map { String(cString: $0) } ?? ""
      self.init(code: .transient, message: Self.line(message))
      return
    }
    // Messages of class 22 (data exceptions) are not used, because such a message can contain a value, and the value
    // may be personal data.
    let message = state.hasPrefix("22") ? "the server refused a value" : field(CLIBPQ_MESSAGE) ?? ""
    self.init(code: Code(sqlState: state), message: "\(Self.line(message)) (\(state))")
  }

  /// Returns the newest error message of a connection as one line.
  static func lastMessage(of server: OpaquePointer) -> String {
    line(PQerrorMessage(server).map { String(cString: $0) } ?? "")
  }

  private static func line(_ message: String) -> String {
    let lines = message.split(whereSeparator: \.isNewline).map { $0.drop(while: \.isWhitespace) }
    return lines.isEmpty ? "the connection to the server is lost" : lines.joined(separator: " ")
  }
}

extension SQLError.Code {
  /// Converts a SQLSTATE to the kind of an error.
  ///
  /// A SQLSTATE is an error code of the SQL standard. See postgresql.org/docs/15/errcodes-appendix.html.
  init(sqlState state: String) {
    self =
      switch state {
      // The codes mean, in this order: a serialization failure, a deadlock, four reasons why the server ended or
      // refused the connection, and a server that became a standby.
      case "40001", "40P01", "57P01", "57P02", "57P03", "57P05", "25006": .transient
      case "P0001": .constraint
      case "53100": .full
      case "53200": .outOfMemory
      case "53300": .transient
      case "55P03", "57014": .busy
      case "58030": .inputOutput
      case "XX001", "XX002": .corrupt
      default:
        switch state.prefix(2) {
        case "08": .transient
        case "23": .constraint
        case "42": .misuse
        default: .other
        }
      }
  }
}
#endif
