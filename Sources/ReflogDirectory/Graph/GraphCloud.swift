/// A Microsoft cloud.
///
/// Each cloud has its own Microsoft Graph and its own login service. Microsoft Graph in a cloud accepts only tokens
/// from the login service of the same cloud.
package enum GraphCloud: String, Sendable, CaseIterable {
  /// The worldwide cloud.
  case global
  /// US Government L4.
  case usGovernment
  /// US Government L5 (DoD).
  case usGovernmentDoD
  /// The cloud in China, which 21Vianet operates.
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
