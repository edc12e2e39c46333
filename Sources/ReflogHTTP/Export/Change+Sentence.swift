import ReflogModel

extension Change {
  /// What the change says, in words, for whoever reads a list of events.
  var sentence: String {
    switch intent.subject {
    case .step(let address):
      "\(address.step) of \(address.flow): from \(intent.before) to \(after) (\(intent.kind.rawValue), \(result.rawValue))"
    case .connector:
      "connector: from \(intent.before) to \(after) (\(intent.kind.rawValue), \(result.rawValue))"
    }
  }
}
