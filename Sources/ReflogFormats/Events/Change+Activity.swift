package import ReflogModel

extension Change {
  /// The kinds of activity in exported events, for systems that collect events.
  enum Activity {
    case create, delete, enable, disable, set
    /// The first observation of a reference.
    ///
    /// A change with this activity only records the reference that Reflog found in the directory.
    case find
  }

  /// The activity that the change performed or tried to perform.
  var activity: Activity {
    if intent.kind == .baseline { return .find }
    return switch (intent.subject, intent.before.state, after.state) {
    case (.step, .none, .connector): .enable
    case (.step, .connector, .none): .disable
    case (.connector, .none, _): .create
    case (.connector, _, .none): .delete
    case (.step, _, _), (.connector, _, _): .set
    }
  }

  /// The change as one line of text, for people who read a list of events.
  package var sentence: String {
    let move = "from \(intent.before) to \(after) (\(intent.kind.rawValue), \(result.rawValue))"
    return switch intent.subject {
    case .step(let address): "\(address.step) of \(address.flow): \(move)"
    case .connector: "connector: \(move)"
    }
  }
}

extension JSONObject {
  /// Adds a member if the value is not nil.
  mutating func add(_ name: String, _ value: String?) {
    if let value { self[name] = .string(value) }
  }
}
