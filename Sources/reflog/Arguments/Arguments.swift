import ArgumentParser
import ReflogModel

extension Change.ID: ExpressibleByArgument {
  /// Reads the number of a change.
  package init?(argument: String) {
    self.init(argument)
  }
}

extension Address: ExpressibleByArgument {
  /// Reads `[FLOWTYPE/]FLOW/STEP`.
  package init?(argument: String) {
    self.init(abbreviated: argument)
  }
}

extension FlowName: ExpressibleByArgument {
  /// Reads `[FLOWTYPE/]FLOW`.
  package init?(argument: String) {
    self.init(abbreviated: argument)
  }
}

extension FreezeScope: ExpressibleByArgument {
  /// Reads `all`, `[FLOWTYPE/]FLOW` or `[FLOWTYPE/]FLOW/STEP`.
  package init?(argument: String) {
    if argument == Self.allText {
      self = .everything
    } else if let address = Address(abbreviated: argument) {
      self = .address(address)
    } else if let flow = FlowName(abbreviated: argument) {
      self = .flow(flow)
    } else {
      return nil
    }
  }
}

extension Role: ExpressibleByArgument {}
