import ArgumentParser
import ReflogModel

extension Change.ID: ExpressibleByArgument {
  /// Reads the id of a change, which is a number.
  package init?(argument: String) {
    self.init(argument)
  }
}

extension Address: ExpressibleByArgument {
  /// Reads an address in the form `[FLOWTYPE/]FLOW/STEP`.
  package init?(argument: String) {
    self.init(abbreviated: argument)
  }
}

extension FlowName: ExpressibleByArgument {
  /// Reads a flow in the form `[FLOWTYPE/]FLOW`.
  package init?(argument: String) {
    self.init(abbreviated: argument)
  }
}

extension FreezeScope: ExpressibleByArgument {
  /// Reads the scope of a freeze in one of three forms: `all`, `[FLOWTYPE/]FLOW` or `[FLOWTYPE/]FLOW/STEP`.
  package init?(argument: String) {
    self.init(abbreviated: argument)
  }
}

extension Role: ExpressibleByArgument {}
