/// A Microsoft cloud.
///
/// Each has its own Graph and login, and a token of one is not accepted by another.
package enum GraphCloud: String, Sendable, CaseIterable {
  /// The worldwide cloud.
  case global
  /// US Government L4.
  case usGovernment
  /// US Government L5 (DoD).
  case usGovernmentDoD
  /// Operated by 21Vianet.
  case china

  /// The base URL of Microsoft Graph, without a slash at the end.
  package var graphURL: String {
    switch self {
    case .global: "https://graph.microsoft.com"
    case .usGovernment: "https://graph.microsoft.us"
    case .usGovernmentDoD: "https://dod-graph.microsoft.us"
    case .china: "https://microsoftgraph.chinacloudapi.cn"
    }
  }

  /// The base URL of the login service, without a slash at the end.
  package var loginURL: String {
    switch self {
    case .global: "https://login.microsoftonline.com"
    case .usGovernment, .usGovernmentDoD: "https://login.microsoftonline.us"
    case .china: "https://login.chinacloudapi.cn"
    }
  }
}
