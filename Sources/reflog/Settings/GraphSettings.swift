import Foundation
import ReflogDirectory
import ReflogModel

/// The settings for requests to Microsoft Graph, with Reflog's own credential for Graph.
struct GraphSettings: Sendable {
  let graphURL: String
  let loginURL: String
  let tenantID: String
  let clientID: String?
  /// The secret, certificate or token with which Reflog proves its identity to Microsoft Graph, or nil if Reflog has no
  /// credential of its own.
  let proof: Proof?
  let timeout: Duration
  let settleWindow: Duration
  let sweepInterval: Duration
  /// The maximum number of background reads per minute.
  let readsPerMinute: Int
  /// The maximum number of reads per minute that one caller can send with Reflog's own credential.
  let callerReadsPerMinute: Int
  /// The types of user flows that the sweep lists.
  let flowTypes: [FlowType]

  /// The proof of Reflog's identity: a secret, or the path of a file. The file contains a secret, a certificate or a token.
  enum Proof: Sendable {
    case secret(String)
    case secretFile(String)
    case certificate(String)
    case federatedTokenFile(String)
  }

  init(_ values: SettingValues) async throws {
    let cloud: GraphCloud = try await values.choice(.graphCloud) ?? .global
    graphURL = try SecureURL.base(.graphUrl, try await values.string(.graphUrl) ?? cloud.graphURL)
    loginURL = try SecureURL.base(.graphLoginUrl, try await values.string(.graphLoginUrl) ?? cloud.loginURL)
    tenantID = try Self.tenantID(try await values.string(.graphTenant))
    clientID = try await values.string(.graphClientId)
    proof = try await Self.proof(values)
    timeout = try await values.seconds(.graphTimeout, in: 0.1...300) ?? .seconds(10)
    settleWindow = try await values.seconds(.settleWindow, in: 0...86_400) ?? .seconds(60)
    sweepInterval = try await values.seconds(.sweepInterval, in: 1...86_400) ?? .seconds(900)
    readsPerMinute = try await Self.reads(.graphReadsPerMinute, values) ?? 100
    callerReadsPerMinute = try await Self.reads(.graphCallerReadsPerMinute, values) ?? 40
    flowTypes = try Self.flowTypes(try await values.string(.graphFlowTypes))
    guard (clientID == nil) == (proof == nil) else {
      throw CommandFailure(
        .usage,
        "A credential for Graph needs both \(Setting.graphClientId.variable) and one of "
          + "\(Self.proofs.map(\.variable).joined(separator: ", ")). Set both, or none."
      )
    }
  }

  private static let proofs: [Setting] = [
    .graphClientSecret, .graphClientSecretFile, .graphClientCertificate, .azureFederatedTokenFile,
  ]

  /// Returns a number of reads per minute, or nil if the setting has no value.
  private static func reads(_ setting: Setting, _ values: SettingValues) async throws -> Int? {
    guard let reads = try await values.int(setting) else { return nil }
    guard (1...100_000).contains(reads) else {
      throw CommandFailure(.usage, "\(setting.variable) must be from 1 to 100000.")
    }
    return reads
  }

  private static func flowTypes(_ text: String?) throws -> [FlowType] {
    guard let text else { return FlowType.allCases }
    let names = text.split(separator: ",", omittingEmptySubsequences: false).map { $0.filter { $0 != " " } }
    let types = names.compactMap { FlowType(segment: $0) }
    guard types.count == names.count else {
      let known = FlowType.allCases.map(\.rawValue).joined(separator: ", ")
      let variable = Setting.graphFlowTypes.variable
      throw CommandFailure(.usage, "\(variable) is \(text), but must be one or both of \(known).")
    }
    return FlowType.allCases.filter(types.contains)
  }

  private static func tenantID(_ text: String?) throws -> String {
    guard let text else {
      throw CommandFailure(.usage, "No tenant is set. Set \(Setting.graphTenant.variable) to the tenant's id, a GUID.")
    }
    guard let id = GUID.normalized(text) else {
      throw CommandFailure(.usage, "\(Setting.graphTenant.variable) is \(text), but must be the tenant's id, a GUID.")
    }
    return id
  }

  private static func proof(_ values: SettingValues) async throws -> Proof? {
    var found: [(setting: Setting, proof: Proof)] = []
    for setting in proofs where setting != .azureFederatedTokenFile || found.isEmpty {
      guard let value = try await values.string(setting) else { continue }
      switch setting {
      case .graphClientSecret: found.append((setting, .secret(value)))
      case .graphClientSecretFile: found.append((setting, .secretFile(value)))
      case .graphClientCertificate: found.append((setting, .certificate(value)))
      default: found.append((setting, .federatedTokenFile(value)))
      }
    }
    guard found.count < 2 else {
      let names = found.map(\.setting.variable).joined(separator: " and ")
      throw CommandFailure(.usage, "\(names) are set, but a credential has one proof. Unset all but one.")
    }
    return found.first?.proof
  }
}
