extension FlowName {
  /// Reads a flow from a text that a person wrote: `FLOWTYPE/FLOW`, or only the id `FLOW`.
  ///
  /// The type can be left out if the id begins with `B2C_1_` or `B2X_1_`, because these prefixes show the type. Returns
  /// nil for any other text.
  package init?(abbreviated text: some StringProtocol) {
    let text = String(text)
    guard !text.contains("/") else {
      self.init(text)
      return
    }
    let folded = text.asciiFolded
    guard let flowType = FlowType.allCases.first(where: { folded.hasPrefix($0.idPrefix.asciiFolded) }),
      let flow = FlowID(text)
    else { return nil }
    self.init(flowType, flow)
  }
}

extension Address {
  /// Reads an address from a text that a person wrote: `[FLOWTYPE/]FLOW/STEP`.
  ///
  /// The type can be left out if the id of the flow begins with `B2C_1_` or `B2X_1_`, because these prefixes show the
  /// type. Returns nil for any other text.
  package init?(abbreviated text: some StringProtocol) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count), let last = parts.last, let step = Step(String(last)),
      let flow = FlowName(abbreviated: parts.dropLast().joined(separator: "/"))
    else { return nil }
    self = flow.address(of: step)
  }
}

extension FreezeScope {
  /// Reads the scope of a freeze from a text that a person wrote: `all`, `[FLOWTYPE/]FLOW` or `[FLOWTYPE/]FLOW/STEP`.
  ///
  /// Returns nil for any other text.
  package init?(abbreviated text: String) {
    if text == Self.allText {
      self = .everything
    } else if let address = Address(abbreviated: text) {
      self = .address(address)
    } else if let flow = FlowName(abbreviated: text) {
      self = .flow(flow)
    } else {
      return nil
    }
  }
}
