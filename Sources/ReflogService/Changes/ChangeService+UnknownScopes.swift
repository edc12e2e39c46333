import ReflogLedger
package import ReflogModel

/// Finds the scopes of freezes that are possibly misspelt.
extension ChangeService {
  /// Returns a warning for each scope whose flow or step is unknown, because a freeze of such a scope has no effect yet.
  ///
  /// A flow is known if the ledger has an applied or a pending change of the flow, or if the last read of the directory
  /// showed the flow. The time depends on the numbers of flows and steps, but not on the number of changes. If the ledger
  /// or the directory can't be read, the result is empty.
  package func warnings(about scopes: [FreezeScope], for caller: Caller) async -> [FreezeScope: UnknownScope] {
    guard scopes.contains(where: { $0 != .everything }) else { return [:] }
    // The freeze is already placed, so a failed read must not look like a refusal of the freeze.
    guard let known = try? await KnownScopes(self, for: caller) else { return [:] }
    var warnings: [FreezeScope: UnknownScope] = [:]
    for scope in scopes { warnings[scope] = known.warning(about: scope) }
    return warnings
  }
}

/// A warning that Reflog does not know the flow or the step in the scope of a freeze.
package struct UnknownScope: Sendable, CustomStringConvertible {
  /// The unknown part of the scope.
  fileprivate enum Part: String {
    case flow, step
  }

  fileprivate let part: Part
  fileprivate let name: String
  /// The known names that are most similar to the unknown name, with the most similar name first.
  fileprivate let nearest: [String]

  /// A sentence with the unknown name, a sentence about the effect of the freeze, and the most similar names.
  package var description: String {
    let effect =
      switch part {
      case .flow: "The freeze takes effect if such a flow is created."
      case .step: "The freeze takes effect if the flow gets such a step."
      }
    return "Reflog knows no \(part.rawValue) '\(name)'. \(effect)"
      + (nearest.isEmpty ? "" : " Nearest names: \(nearest.joined(separator: ", ")).")
  }
}

/// The flows and steps that the ledger and the directory have.
private struct KnownScopes {
  /// The maximum number of names that a warning proposes.
  private static let maximumNameCount = 3

  private let flows: Set<FlowName>
  private let addresses: Set<Address>

  init(_ service: ChangeService, for caller: Caller) async throws {
    addresses = Set(try await service.ledger.history.knownAddresses())
    // No sweep reads the embedded directory, so the directory itself is read.
    flows = Set(addresses.map { FlowName(of: $0) } + (try await service.embeddedFlows(for: caller)))
  }

  /// Returns the warning about a scope, or nil if the scope is known.
  func warning(about scope: FreezeScope) -> UnknownScope? {
    switch scope {
    case .everything: nil
    case .flow(let flow): warning(about: flow)
    case .address(let address): warning(about: FlowName(of: address)) ?? warning(aboutStepOf: address)
    }
  }

  private func warning(about flow: FlowName) -> UnknownScope? {
    guard !flows.contains(flow) else { return nil }
    // The name is proposed without its type only if the types are equal.
    let names = flows.map { $0.flowType == flow.flowType ? $0.flow.text : $0.description }
    let name = flow.flow.text
    return UnknownScope(part: .flow, name: name, nearest: Self.names(like: name, among: names))
  }

  private func warning(aboutStepOf address: Address) -> UnknownScope? {
    guard !addresses.contains(address), !Step.known.contains(address.step) else { return nil }
    let names = Step.known + addresses.filter { FlowName(of: $0) == FlowName(of: address) }.map(\.step)
    let name = address.step.name
    return UnknownScope(part: .step, name: name, nearest: Self.names(like: name, among: names.map(\.name)))
  }

  private static func names(like name: String, among names: [String]) -> [String] {
    Spelling.names(like: name, among: Set(names), limit: maximumNameCount)
  }
}
