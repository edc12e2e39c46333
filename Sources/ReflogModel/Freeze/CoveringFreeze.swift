/// A freeze that covers a request for a change, and the step that the freeze covers because the step calls a connector.
package struct CoveringFreeze: Sendable {
  package let freeze: Freeze
  /// The frozen step that calls the connector of the request, or nil if the freeze covers a part of the request itself.
  ///
  /// If several frozen steps call the connector, this is the first one in the order of addresses.
  package let caller: Address?

  /// Creates the pair.
  package init(_ freeze: Freeze, caller: Address? = nil) {
    self.freeze = freeze
    self.caller = caller
  }

  /// Sentences for messages, without the last full stop: the frozen step that calls the connector, if there is one, and
  /// who placed the freeze, and its scope, end and reason.
  package var summary: String {
    guard let caller else { return freeze.summary }
    let name = freeze.actor.shownName(erased: freeze.erased)
    return "\(caller) calls this connector and is frozen \(freeze.shownEnd). \(name) froze \(freeze.scope), with the "
      + "reason: \(freeze.shownReason) (freeze \(freeze.id))"
  }
}

extension [CoveringFreeze] {
  /// The freeze that ends last, or nil if the list is empty.
  ///
  /// A message shows this freeze, because a change is refused until this freeze ends.
  package var endingLast: CoveringFreeze? { self.max { $1.freeze.endsLater(than: $0.freeze) } }
}
