import Foundation

/// Checks that the server can listen on its address, before the server creates or changes a file.
enum ListenerCheck {
  /// Listens on the address for a moment.
  ///
  /// - Throws: A failure if another program already listens on the port, or if the host is not an address of this
  ///   machine.
  static func run(host: String, port: Int) throws {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
    var found: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, String(port), &hints, &found) == 0, let found else {
      throw CommandFailure(.refused, "\(host) is not an address to listen on.")
    }
    defer { freeaddrinfo(found) }
    let address = found.pointee
    let file = socket(address.ai_family, address.ai_socktype, address.ai_protocol)
    guard file >= 0 else { throw failure(host, port) }
    defer { close(file) }
    // The server also sets the option `SO_REUSEADDR`. With the option, open connections of an earlier server don't
    // block the port.
    var isOn: Int32 = 1
    setsockopt(file, SOL_SOCKET, SO_REUSEADDR, &isOn, socklen_t(MemoryLayout.size(ofValue: isOn)))
    guard bind(file, address.ai_addr, address.ai_addrlen) == 0, listen(file, 1) == 0 else { throw failure(host, port) }
  }

  private static func failure(_ host: String, _ port: Int) -> CommandFailure {
    CommandFailure(.refused, "Reflog can't listen on \(host):\(port): \(String(cString: strerror(errno))).")
  }
}
