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

extension Role: ExpressibleByArgument {}
