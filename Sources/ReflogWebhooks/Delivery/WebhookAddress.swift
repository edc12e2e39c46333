import Dispatch
import Glibc
import NIOCore
import NIOPosix
import ReflogModel
import Synchronization

/// Finds the addresses of a receiver's host, and refuses addresses of this machine.
///
/// The connection is made to an address that this type returned. If the connection made a second query, a DNS server
/// could return a harmless address for the check and another address for the connection.
enum WebhookAddress {
  /// The reason why no address of a host can be used, as a clause without a full stop.
  struct Problem: Error, Equatable {
    let text: String
  }

  /// The threads that wait for DNS.
  ///
  /// There is one thread for each possible receiver, and each receiver makes one attempt at a time. So no receiver
  /// waits for the queries of other receivers. The threads do no other work, because a query can take half a minute.
  private static let threads: NIOThreadPool = {
    let threads = NIOThreadPool(numberOfThreads: WebhookFile.maximumCount)
    threads.start()
    return threads
  }()

  /// Returns the addresses of a host to which a message may be sent, in the order of preference.
  ///
  /// - Parameters:
  ///   - host: The host.
  ///   - allowsLocal: Whether addresses of this machine and link-local addresses are allowed.
  ///   - seconds: The maximum time for the query to DNS.
  ///   - query: Queries DNS. It returns an empty list if the host is unknown. It is allowed to block its thread.
  /// - Throws: ``Problem`` if the host has no address, or only addresses that are not allowed, or if DNS is too slow.
  static func find(
    _ host: String,
    allowsLocal: Bool,
    within seconds: Int = 5,
    query: @escaping @Sendable (String) -> [IPAddress] = addresses
  ) async throws -> [IPAddress] {
    // If the host is an address, no query is needed. So the attempt does not wait for a thread, even if slow queries
    // use all threads.
    if let address = IPAddress(host) { return try permitted([address], own: interfaces(), allowsLocal: allowsLocal) }
    guard let found = await lookUp(host, within: seconds, query) else {
      throw Problem(text: "its host name was not found in DNS within \(seconds) seconds")
    }
    return try permitted(found, own: interfaces(), allowsLocal: allowsLocal)
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
      throw Problem(text: "its host name has only addresses of this machine, and allowLocal is not true")
    }
    return permitted
  }

  private static func interfaces() -> Set<IPAddress> {
    // If the interfaces can't be listed, the list is empty. Loopback and link-local addresses are still refused.
    let devices = (try? System.enumerateDevices()) ?? []
    return Set(devices.compactMap { $0.address?.ipAddress.flatMap(plain) })
  }

  /// Returns the addresses of a host, or nil if the query takes too long or the task is cancelled.
  ///
  /// The system's function can wait for half a minute for DNS, so it runs on a separate thread. This method, and a stop
  /// of the server, do not wait for that thread.
  private static func lookUp(
    _ host: String,
    within seconds: Int,
    _ query: @escaping @Sendable (String) -> [IPAddress]
  ) async -> [IPAddress]? {
    let lookup = Lookup()
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        lookup.begin(continuation)
        threads.submit { _ in lookup.finish(query(host)) }
        DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(seconds)) { lookup.finish(nil) }
      }
    } onCancel: {
      lookup.finish(nil)
    }
  }

  /// A query for addresses. It ends when the result arrives, when it is cancelled, or when its maximum time is over.
  private final class Lookup: Sendable {
    private enum State {
      case waiting(CheckedContinuation<[IPAddress]?, Never>?)
      case finished
    }

    private let state = Mutex(State.waiting(nil))

    func begin(_ continuation: CheckedContinuation<[IPAddress]?, Never>) {
      let isFinished = state.withLock { state -> Bool in
        if case .finished = state { return true }
        state = .waiting(continuation)
        return false
      }
      if isFinished { continuation.resume(returning: nil) }
    }

    func finish(_ addresses: [IPAddress]?) {
      let continuation = state.withLock { state -> CheckedContinuation<[IPAddress]?, Never>? in
        guard case .waiting(let continuation) = state else { return nil }
        state = .finished
        return continuation
      }
      continuation?.resume(returning: addresses)
    }
  }

  private static func addresses(_ host: String) -> [IPAddress] {
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

  /// Reads an address. If the address is link-local, its text also contains the name of a network interface. This name
  /// is ignored.
  private static func plain(_ text: String) -> IPAddress? { IPAddress(text.prefix { $0 != "%" }) }
}
