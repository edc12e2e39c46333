import ReflogLedger
package import ReflogModel

extension HistoryService {
  /// Throws an error if the ledger has no record of a flow.
  ///
  /// Call this method before an export that may be empty. Without the check, the export of a misspelt flow would look
  /// like the export of a flow that was never changed.
  ///
  /// - Parameter name: The id of the flow. The type of the flow and a slash can precede the id.
  /// - Throws: `flowNotFound` if no step of the flow is recorded.
  package func requireRecord(ofFlow name: String) async throws(ServiceError) {
    let known = try await reading(await history.lookUpFlow(name))
    guard known.isRecorded else { throw .flowNotFound(name, nearest: known.nearest) }
  }

  /// Returns whether the step of an address is known.
  ///
  /// A step is known if Microsoft Graph documents it, if a change of the address is applied or pending, or if a read of
  /// the directory showed the address.
  package func isKnownStep(_ address: Address) async throws(ServiceError) -> Bool {
    if Step.known.contains(address.step) { return true }
    return try await !reading(await history.knownScopes(among: [.address(address)])).isEmpty
  }
}

extension ServiceError {
  /// Returns a sentence that proposes correct names for a misspelt name.
  static func proposal(_ names: [String]) -> String {
    names.isEmpty ? "Check the spelling." : "Did you mean \(names.joined(separator: " or "))?"
  }
}
