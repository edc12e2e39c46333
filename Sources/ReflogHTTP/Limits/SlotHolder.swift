import ReflogModel

/// The person, program or network that uses a part of a limited resource.
enum SlotHolder: Hashable, Sendable {
  /// An authenticated caller.
  ///
  /// The values are the type and the id of the caller's actor.
  case caller(Change.ActorType, String)
  /// A network.
  ///
  /// All clients in the network that are not authenticated share the slots of the network.
  case network([UInt8])
  /// The holder for all requests that come from an unknown IP address.
  case unknown

  /// Creates the holder for an authenticated caller.
  init(_ caller: Caller, from ipAddress: String?) {
    self =
      switch caller.credential {
      case .roles: .caller(caller.actor.type, caller.actor.id ?? "")
      // Only the directory can check this caller's token, so the identity of the actor can be false. So the caller's
      // network holds the slot.
      case .directoryToken: SlotHolder(ipAddress)
      }
  }

  /// Creates the holder for a client that is not authenticated.
  ///
  /// A client with IPv6 usually has all addresses of a network with a prefix of 64 bits. So all addresses in a network
  /// of this size are one holder.
  init(_ ipAddress: String?) {
    if let ipAddress, let bytes = IPAddress(ipAddress)?.bytes {
      self = .network(bytes.count == 16 ? Array(bytes.prefix(8)) : bytes)
    } else {
      self = .unknown
    }
  }
}
