/// A freeze: a period in which Reflog refuses the changes in a scope.
///
/// A freeze is in force from its start until its end, or until a person releases it.
package struct Freeze: Identifiable, Sendable {
  /// The maximum length of a reason in bytes.
  package static let maximumReasonLength = 1024
  /// The maximum number of freezes that are in force or planned at the same time.
  ///
  /// These freezes are kept in memory, because each change is compared with all of them.
  package static let maximumCount = 1000

  /// The id of the service event that placed the freeze.
  package let id: Int64
  package let scope: FreezeScope
  /// The reason, or nil if the reason was erased.
  package let reason: String?
  /// The person or the program that placed the freeze.
  package let actor: Change.Actor
  /// When the freeze was placed.
  package let placed: Timestamp
  /// When the freeze begins.
  package let from: Timestamp
  /// When the freeze ends, or nil if it ends only when a person releases it.
  package let until: Timestamp?
  /// When a person released the freeze, or nil if no person released it.
  package let released: Timestamp?
  /// The erasure that deleted the reason and the actor's personal data, or nil if no data was erased.
  package let erased: Erased?

  /// Creates a freeze.
  package init(
    id: Int64,
    scope: FreezeScope,
    reason: String?,
    actor: Change.Actor,
    placed: Timestamp,
    from: Timestamp,
    until: Timestamp?,
    released: Timestamp? = nil,
    erased: Erased? = nil
  ) {
    self.id = id
    self.scope = scope
    self.reason = reason
    self.actor = actor
    self.placed = placed
    self.from = from
    self.until = until
    self.released = released
    self.erased = erased
  }

  /// The reason as people see it: the recorded text, or `[erased]`.
  package var shownReason: String { reason ?? Erased.placeholder }

  /// Reads the id of a freeze, a positive decimal number.
  ///
  /// Returns nil if the text has another form.
  package static func id(_ text: some StringProtocol) -> ID? {
    Int64(plainDecimal: text.utf8).flatMap { $0 > 0 ? $0 : nil }
  }

  /// The state of a freeze at a time.
  package enum State: String, Sendable, CaseIterable {
    /// The freeze begins later.
    case planned
    /// The freeze has begun, so Reflog refuses changes in the scope.
    case inForce
    /// The end of the freeze has passed.
    case ended
    /// A person released the freeze.
    case released
  }

  /// Returns the state at a time.
  package func state(at time: Timestamp) -> State {
    if released != nil { return .released }
    if let until, until <= time { return .ended }
    return from <= time ? .inForce : .planned
  }

  /// Returns whether the freeze is planned or in force at a time.
  package func isOpen(at time: Timestamp) -> Bool {
    switch state(at: time) {
    case .planned, .inForce: true
    case .ended, .released: false
    }
  }

  /// The end or the release of the freeze, whichever is earlier, or nil if the freeze has no end and was not released.
  var endOrRelease: Timestamp? { [until, released].compactMap(\.self).min() }

  /// Returns whether the freeze was in force at each moment of a period.
  func isInForce(from start: Timestamp, through end: Timestamp) -> Bool {
    from <= start && endOrRelease.map { $0 > end } ?? true
  }

  /// Returns whether the freeze was in force at one or more moments of a period.
  func isInForce(sometimeBetween start: Timestamp, and end: Timestamp) -> Bool {
    from <= end && endOrRelease.map { $0 > max(start, from) } ?? true
  }

  /// Returns a copy of this freeze with the time at which a person released it.
  package func released(at time: Timestamp) -> Freeze {
    Freeze(
      id: id,
      scope: scope,
      reason: reason,
      actor: actor,
      placed: placed,
      from: from,
      until: until,
      released: time,
      erased: erased
    )
  }

  /// Returns whether this freeze ends later than another freeze.
  ///
  /// A freeze without an end ends later than every freeze with an end.
  func endsLater(than other: Freeze) -> Bool {
    guard let until else { return other.until != nil }
    return other.until.map { until > $0 } ?? false
  }

  /// Returns whether this freeze ends at a time or later.
  ///
  /// If the time is nil, the result is true only for a freeze without an end.
  package func ends(notBefore time: Timestamp?) -> Bool {
    guard let until else { return true }
    return time.map { until >= $0 } ?? false
  }

  /// Returns the earliest end with which a freeze that is in force makes another freeze unnecessary.
  ///
  /// If the scopes differ, the result is the requested end. If the scopes are the same, the result is earlier than that
  /// by a tenth of the requested duration. So a request for a freeze of eight hours can be repeated a little later, and
  /// no second freeze is placed.
  ///
  /// - Parameters:
  ///   - end: The requested end of the other freeze.
  ///   - isSameScope: Whether both freezes have the same scope.
  ///   - now: The time at which the other freeze would be placed.
  package static func sufficientEnd(for end: Timestamp, isSameScope: Bool, at now: Timestamp) -> Timestamp {
    isSameScope ? end.before(end.since(now) / 10) : end
  }

  /// The end of the freeze as people see it: `until` and a time, or `until a person releases it`.
  var shownEnd: String { until.map { "until \($0)" } ?? "until a person releases it" }

  /// A clause for messages: who placed the freeze, and its scope, end and reason.
  package var summary: String {
    let name = actor.shownName(erased: erased)
    return "\(name) froze \(scope) \(shownEnd), with the reason: \(shownReason) (freeze \(id))"
  }
}

/// The scope of a freeze: everything, one flow, or one address.
package enum FreezeScope: Hashable, Sendable {
  /// All addresses and all connectors.
  case everything
  /// All addresses of a flow.
  case flow(FlowName)
  case address(Address)

  /// Reads `all`, a flow such as `b2cUserFlows/B2C_1_signup`, or an address such as
  /// `b2cUserFlows/B2C_1_signup/postFederationSignup`.
  ///
  /// Returns nil if the text has another form.
  package init?(_ text: String) {
    if text == Self.allText {
      self = .everything
    } else if let address = Address(text) {
      self = .address(address)
    } else if let flow = FlowName(text) {
      self = .flow(flow)
    } else {
      return nil
    }
  }

  /// The text for the scope that covers everything.
  package static let allText = "all"

  /// The kind of the scope.
  package enum Kind: String, Sendable, CaseIterable {
    case all, flow, address
  }

  /// The kind of this scope.
  package var kind: Kind {
    switch self {
    case .everything: .all
    case .flow: .flow
    case .address: .address
    }
  }

  /// The address, or nil if the scope is a flow or covers everything.
  package var address: Address? {
    switch self {
    case .everything, .flow: nil
    case .address(let address): address
    }
  }

  /// The flow that contains the whole scope, or nil if the scope covers everything.
  package var flow: FlowName? {
    switch self {
    case .everything: nil
    case .flow(let flow): flow
    case .address(let address): FlowName(of: address)
    }
  }

  /// Returns whether the scope covers the subject of a change.
  package func contains(_ subject: Change.Subject) -> Bool {
    switch (self, subject) {
    case (.everything, _): true
    case (.flow(let flow), .step(let address)): flow == FlowName(of: address)
    case (.address(let frozen), .step(let address)): frozen == address
    case (.flow, .connector), (.address, .connector): false
    }
  }
}

extension FreezeScope: CustomStringConvertible {
  /// The scope in the form that the command line uses.
  package var description: String {
    switch self {
    case .everything: Self.allText
    case .flow(let flow): flow.description
    case .address(let address): address.description
    }
  }
}
