/// A freeze that covers a request for a change, directly or because a frozen step calls the connector of the request.
package struct CoveringFreeze: Sendable {
  package let freeze: Freeze
  /// The frozen step that calls the connector of the request, or nil if the freeze covers the request directly.
  ///
  /// If several frozen steps call the connector, this is the first one in the order of addresses.
  package let caller: Address?

  /// Creates the pair.
  package init(_ freeze: Freeze, caller: Address? = nil) {
    self.freeze = freeze
    self.caller = caller
  }

  /// A text for messages, without the last full stop: who placed the freeze, and its scope, end and reason.
  ///
  /// If a frozen step calls the connector of the request, the text begins with a sentence about this step.
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
