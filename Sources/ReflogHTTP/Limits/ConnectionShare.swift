package import NIOCore
package import ReflogModel
import Synchronization

/// Counts the open connections of each network, so that no network can use all connections.
package final class ConnectionCount: Sendable {
  /// The maximum number of open connections from one network.
  private static let limit = RequestLimits.connections / Slots.Limits.share

  private let trusted: [AddressBlock]
  private let open = Mutex<[SlotHolder: Int]>([:])

  /// Creates a counter of open connections.
  ///
  /// - Parameter trusted: The trusted proxies. Their connections are not limited, because a proxy has connections for
  ///   many clients.
  package init(trusted: [AddressBlock]) {
    self.trusted = trusted
  }

  /// Counts a new connection, and returns the network of the connection.
  ///
  /// The result is nil if the network has too many connections.
  fileprivate func enter(_ address: SocketAddress?) -> SlotHolder? {
    let holder = SlotHolder(address?.ipAddress)
    let ipAddress = address?.ipAddress.flatMap { IPAddress($0) }
    let isTrusted = ipAddress.map { ipAddress in trusted.contains { $0.contains(ipAddress) } } ?? false
    return open.withLock { open in
      let count = open[holder, default: 0]
      guard isTrusted || count < Self.limit else { return nil }
      open[holder] = count + 1
      return holder
    }
  }

  fileprivate func leave(_ holder: SlotHolder) {
    open.withLock { open in
      let count = open[holder, default: 1] - 1
      open[holder] = count == 0 ? nil : count
    }
  }
}

/// Closes a new connection if its network already has too many connections, and limits how many bytes one read
/// receives.
///
/// All requests in the bytes of one read are decoded before the server serves the next connection. So a large read with
/// many small requests would occupy the event loop.
package final class ConnectionShare: ChannelInboundHandler, RemovableChannelHandler {
  /// The type of the parts that the handler passes on unchanged.
  package typealias InboundIn = NIOAny

  private let count: ConnectionCount
  private var holder: SlotHolder?

  /// Creates the handler of one connection.
  package init(_ count: ConnectionCount) {
    self.count = count
  }

  /// The maximum number of bytes that one read receives.
  private static let readBytes = 4096

  /// Counts the new connection, and closes the connection if its network has too many connections.
  package func handlerAdded(context: ChannelHandlerContext) {
    let allocator = FixedSizeRecvByteBufferAllocator(capacity: Self.readBytes)
    _ = context.channel.setOption(.recvAllocator, value: allocator)
    _ = context.channel.setOption(.maxMessagesPerRead, value: 1)
    holder = count.enter(context.channel.remoteAddress)
    if holder == nil, context.channel.isActive { context.close(promise: nil) }
  }

  /// Closes a connection that is not counted, because its network has too many connections.
  package func channelActive(context: ChannelHandlerContext) {
    if holder == nil { context.close(promise: nil) } else { context.fireChannelActive() }
  }

  /// Subtracts the connection from the count of its network.
  package func handlerRemoved(context: ChannelHandlerContext) {
    holder.map(count.leave)
    holder = nil
  }
}
