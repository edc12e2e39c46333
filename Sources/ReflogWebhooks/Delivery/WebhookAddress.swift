import Glibc
import NIOCore
import NIOPosix
import ReflogModel
import Synchronization

/// Finds the addresses of a receiver's host, and refuses addresses of this machine.
///
/// The connection is made to an address that was checked here. So a DNS server can't pass the check with one address and
/// lead the connection to another.
enum WebhookAddress {
  /// The reason why no address of a host can be used, as a clause without a full stop.
  struct Problem: Error, Equatable {
    let text: String
  }

  /// Returns the addresses of a host to which a message may be sent, in the order of preference.
  ///
  /// - Throws: ``Problem`` if the host has no address, or only addresses that are not allowed.
  static func find(_ host: String, allowsLocal: Bool) async throws -> [IPAddress] {
    try permitted(await lookUp(host), own: interfaces(), allowsLocal: allowsLocal)
  }

  /// Returns the addresses to which a message may be sent.
  ///
  /// - Parameters:
  ///   - found: The addresses of the host.
  ///   - own: The addresses of this machine's network interfaces.
  ///   - allowsLocal: Whether addresses of this machine and link-local addresses are allowed.
  static func permitted(_ found: [IPAddress], own: Set<IPAddress>, allowsLocal: Bool) throws(Problem) -> [IPAddress] {
    guard !found.isEmpty else { throw Problem(text: "its host name has no address") }
    let permitted = allowsLocal ? found : found.filter { !SecretDestination.isLocal($0) && !own.contains($0) }
    guard !permitted.isEmpty else {
      throw Problem(text: "its host name leads to this machine, and allowLocal is not true")
    }
    return permitted
  }

  private static func interfaces() -> Set<IPAddress> {
    // If the interfaces can't be listed, the check of loopback and link-local addresses remains.
    let devices = (try? System.enumerateDevices()) ?? []
    return Set(devices.compactMap { $0.address?.ipAddress.flatMap(plain) })
  }

  /// Returns the addresses of a host, or no address if the task is cancelled.
  ///
  /// The system's function waits for DNS, sometimes for half a minute, so it runs on a thread that may wait. A stop of the
  /// server does not wait for this thread.
  private static func lookUp(_ host: String) async -> [IPAddress] {
    let lookup = Lookup()
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        lookup.begin(continuation)
        NIOThreadPool.singleton.submit { _ in lookup.finish(addresses(of: host)) }
      }
    } onCancel: {
      lookup.finish([])
    }
  }

  /// A query for addresses that ends with its result or with its cancellation, whichever is first.
  private final class Lookup: Sendable {
    private enum State {
      case waiting(CheckedContinuation<[IPAddress], Never>?)
      case finished
    }

    private let state = Mutex(State.waiting(nil))

    func begin(_ continuation: CheckedContinuation<[IPAddress], Never>) {
      let isFinished = state.withLock { state -> Bool in
        if case .finished = state { return true }
        state = .waiting(continuation)
        return false
      }
      if isFinished { continuation.resume(returning: []) }
    }

    func finish(_ addresses: [IPAddress]) {
      let continuation = state.withLock { state -> CheckedContinuation<[IPAddress], Never>? in
        guard case .waiting(let continuation) = state else { return nil }
        state = .finished
        return continuation
      }
      continuation?.resume(returning: addresses)
    }
  }

  private static func addresses(of host: String) -> [IPAddress] {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var first: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, nil, &hints, &first) == 0 else { return [] }
    defer { freeaddrinfo(first) }
    var (addresses, next) = ([IPAddress](), first)
    while let item = next?.pointee {
      var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
      let result = getnameinfo(
        item.ai_addr,
        item.ai_addrlen,
        &text,
        socklen_t(text.count),
        nil,
        0,
        NI_NUMERICHOST
      )
      let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      if result == 0, let address = plain(String(decoding: bytes, as: UTF8.self)) { addresses.append(address) }
      next = item.ai_next
    }
    return addresses
  }

  /// Reads an address without the name of its network interface, which link-local addresses have.
  private static func plain(_ text: String) -> IPAddress? { IPAddress(text.prefix { $0 != "%" }) }
}
