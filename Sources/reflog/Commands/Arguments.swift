import ArgumentParser
import ReflogModel

extension Change.ID: ExpressibleByArgument {
  package init?(argument: String) {
    self.init(argument)
  }
}

extension Address: ExpressibleByArgument {
  package init?(argument: String) {
    self.init(argument)
  }
}

extension FlowType: ExpressibleByArgument {
  package init?(argument: String) {
    self.init(segment: argument)
  }
}

extension Role: ExpressibleByArgument {}
