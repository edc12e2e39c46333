import ArgumentParser
import ReflogModel

extension Change.ID: ExpressibleByArgument {
  /// Reads the number of a change.
  package init?(argument: String) {
    self.init(argument)
  }
}

extension Address: ExpressibleByArgument {
  /// Reads `FLOWTYPE/FLOW/STEP`.
  package init?(argument: String) {
    self.init(argument)
  }
}

extension FlowType: ExpressibleByArgument {
  /// Reads `b2cUserFlows` or `b2xUserFlows`.
  package init?(argument: String) {
    self.init(segment: argument)
  }
}

extension Role: ExpressibleByArgument {}
