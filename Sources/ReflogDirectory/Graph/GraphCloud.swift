/// A cloud of Microsoft's, each with a Graph and a login of its own; tokens of one are worth nothing in another.
package enum GraphCloud: String, Sendable, CaseIterable {
  case global
  /// US Government L4.
  case usGovernment
  /// US Government L5 (DoD).
  case usGovernmentDoD
  /// Operated by 21Vianet.
  case china

  /// Without a slash at the end.
  package var graphURL: String {
    switch self {
    case .global: "https://graph.microsoft.com"
    case .usGovernment: "https://graph.microsoft.us"
    case .usGovernmentDoD: "https://dod-graph.microsoft.us"
    case .china: "https://microsoftgraph.chinacloudapi.cn"
    }
  }

  /// Without a slash at the end.
  package var loginURL: String {
    switch self {
    case .global: "https://login.microsoftonline.com"
    case .usGovernment, .usGovernmentDoD: "https://login.microsoftonline.us"
    case .china: "https://login.chinacloudapi.cn"
    }
  }
}
