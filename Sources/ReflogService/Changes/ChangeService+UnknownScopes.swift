import ReflogLedger
package import ReflogModel

/// Finds the scopes of freezes that are possibly misspelt.
extension ChangeService {
  /// Returns a warning for each scope whose flow or step is unknown, because its name is possibly misspelt.
  ///
  /// A flow is known if the ledger has an applied or a pending change of the flow, or if a read of the directory showed
  /// the flow. If every scope is known, only the addresses of the scopes are read. Otherwise the names of all flows and
  /// steps are read for the proposals. If the ledger or the directory can't be read, the result is empty.
  package func warnings(about scopes: [FreezeScope], for caller: Caller) async -> [FreezeScope: UnknownScope] {
    // The freeze is already placed, so a failed read must not look like a refusal of the freeze.
    (try? await unknownScopes(among: scopes, for: caller)) ?? [:]
  }

  private func unknownScopes(
    among scopes: [FreezeScope],
    for caller: Caller
  ) async throws -> [FreezeScope: UnknownScope] {
    let parts = Set(scopes.flatMap(\.parts))
    let known = try await ledger.history.knownScopes(among: parts)
    guard parts.contains(where: { !known.contains($0) && !$0.hasKnownStep }) else { return [:] }
    let names = try await KnownNames(self, for: caller)
    var warnings: [FreezeScope: UnknownScope] = [:]
    for scope in scopes where warnings[scope] == nil {
      // A comparison with all names takes time, so only some warnings propose names.
      warnings[scope] = names.warning(about: scope, proposing: warnings.count < Self.proposingWarnings)
    }
    return warnings
  }

  /// The maximum number of warnings that propose names.
  private static let proposingWarnings = 10
}

extension FreezeScope {
  /// The flow, and the address if the scope is an address.
  fileprivate var parts: [FreezeScope] {
    switch self {
    case .everything: []
    case .flow: [self]
    case .address(let address): [.flow(FlowName(of: address)), self]
    }
  }

  /// Whether the scope is an address with a step that Microsoft Graph documents.
  fileprivate var hasKnownStep: Bool {
    if case .address(let address) = self { Step.known.contains(address.step) } else { false }
  }
}

/// A warning that Reflog does not know the flow or the step in the scope of a freeze.
package struct UnknownScope: Sendable, CustomStringConvertible {
  /// The unknown part of the scope.
  fileprivate enum Part {
    case flow, step
  }

  fileprivate let part: Part
  /// Whether the unknown part possibly exists in the directory, because Reflog has not read the whole directory.
  fileprivate let mayExist: Bool
  fileprivate let name: String
  /// The known names that are most similar to the unknown name, with the most similar name first.
  fileprivate let nearest: [String]

  /// A sentence with the unknown name, a sentence about the effect of the freeze, and the most similar names.
  package var description: String {
    let sentences =
      switch part {
      case .flow where mayExist:
        "Reflog has no record of a flow '\(name)' and has not read the whole directory. If the flow exists, the freeze "
          + "covers it."
      case .flow: "Reflog knows no flow '\(name)'. The freeze covers nothing until such a flow is created."
      case .step: "Reflog knows no step '\(name)'. The freeze covers nothing until the flow gets such a step."
      }
    return sentences
      + (nearest.isEmpty ? "" : " Nearest names: \(nearest.joined(separator: ", ")).")
  }
}

/// The flows and steps that the ledger and the directory have.
private struct KnownNames {
  /// The maximum number of names that a warning proposes.
  private static let maximumNameCount = 3

  private let flows: Set<FlowName>
  private let addresses: Set<Address>
  /// Whether a read of the directory has shown every flow.
  private let hasReadDirectory: Bool

  init(_ service: ChangeService, for caller: Caller) async throws {
    addresses = Set(try await service.ledger.history.knownAddresses())
    // No sweep reads the embedded directory, so the directory itself is read.
    flows = Set(addresses.map { FlowName(of: $0) } + (try await service.embeddedFlows(for: caller)))
    let status = try await service.ledger.history.status()
    hasReadDirectory = service.directory.kind == .embedded || status.verified != nil && status.unreadCount == 0
  }

  /// Returns the warning about a scope, or nil if the scope is known.
  func warning(about scope: FreezeScope, proposing isProposing: Bool) -> UnknownScope? {
    switch scope {
    case .everything: nil
    case .flow(let flow): warning(about: flow, isProposing)
    case .address(let address):
      warning(about: FlowName(of: address), isProposing) ?? warning(aboutStepOf: address, isProposing)
    }
  }

  private func warning(about flow: FlowName, _ isProposing: Bool) -> UnknownScope? {
    guard !flows.contains(flow) else { return nil }
    // A name without its flow type would look like a flow of the type in the scope. So the names of flows of the other
    // type are proposed with their type.
    let names = isProposing ? flows.map { $0.flowType == flow.flowType ? $0.flow.text : $0.description } : []
    let name = flow.flow.text
    return UnknownScope(
      part: .flow,
      mayExist: !hasReadDirectory,
      name: name,
      nearest: Self.names(like: name, among: names)
    )
  }

  private func warning(aboutStepOf address: Address, _ isProposing: Bool) -> UnknownScope? {
    guard !addresses.contains(address), !Step.known.contains(address.step) else { return nil }
    let own = addresses.filter { FlowName(of: $0) == FlowName(of: address) }.map(\.step)
    let names = isProposing ? (Step.known + own).map(\.name) : []
    let name = address.step.name
    return UnknownScope(part: .step, mayExist: false, name: name, nearest: Self.names(like: name, among: names))
  }

  private static func names(like name: String, among names: [String]) -> [String] {
    Spelling.names(like: name, among: Set(names), limit: maximumNameCount)
  }
}
