/// The totals of the changes that an actor requested: for each result, for each flow, and for connectors.
package struct ActorTotals: Sendable {
  /// The number of changes with each result.
  package private(set) var results: [Change.Result: Int] = [:]
  /// For each flow, the number of changes of its steps.
  package private(set) var flows: [FlowName: Int] = [:]
  /// The number of changes of connectors.
  package private(set) var connectors = 0
  /// Whether all changes are counted. If false, only the newest changes are counted, because counting took too long.
  package var isComplete = true

  /// Creates totals without changes.
  package init() {}

  /// The number of all changes.
  package var count: Int { results.values.reduce(0, +) }

  /// Adds changes.
  ///
  /// - Parameters:
  ///   - count: The number of changes.
  ///   - result: The result of these changes.
  ///   - flow: The flow whose steps they changed, or nil if they changed connectors.
  package mutating func add(_ count: Int, _ result: Change.Result, of flow: FlowName?) {
    results[result, default: 0] += count
    if let flow { flows[flow, default: 0] += count } else { connectors += count }
  }
}
