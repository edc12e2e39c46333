extension FlowName {
  /// Reads a flow that a person wrote: `FLOWTYPE/FLOW`, or `FLOW` alone if its prefix shows the type.
  ///
  /// Returns nil if the text has another form, or has no type and an id without the prefix `B2C_1_` or `B2X_1_`.
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
  /// Reads an address that a person wrote: `[FLOWTYPE/]FLOW/STEP`.
  ///
  /// The type can be left out if the id of the flow begins with the prefix of a type. Returns nil for other forms.
  package init?(abbreviated text: some StringProtocol) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count), let last = parts.last, let step = Step(String(last)),
      let flow = FlowName(abbreviated: parts.dropLast().joined(separator: "/"))
    else { return nil }
    self = flow.address(of: step)
  }
}
