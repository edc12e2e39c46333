import HTTPTypes
import ReflogService

extension EntraSignIn.Failure {
  /// Why nobody was signed in, for whoever tried.
  var onPage: String {
    switch self {
    case .unknownState: "That sign-in took too long, or began in another browser. Try again."
    case .refused(let reason): "Entra signed nobody in: \(reason)."
    case .declined(let code): Self.words(ofCode: code)
    case .misconfigured(let code):
      "Entra does not take this server's own registration (\(code)): tell whoever runs it. Signing in with an API token works."
    case .unavailable: "Entra can't be asked now. Try again, or sign in with an API token."
    }
  }

  /// The words are Reflog's own: those that come with the code may be anybody's.
  private static func words(ofCode code: String) -> String {
    switch code {
    case "access_denied": "Entra signed nobody in: it was cancelled there, or is not allowed."
    case "login_required", "interaction_required":
      "Entra signed nobody in: it wants you to sign in there first. Try again."
    case "consent_required": "Entra signed nobody in: an administrator must consent to Reflog there first."
    case "server_error", "temporarily_unavailable": "Entra could sign nobody in just now. Try again."
    default: isCode(code) ? "Entra signed nobody in (\(code))." : "Entra signed nobody in, and does not say why."
    }
  }

  private static func isCode(_ text: String) -> Bool {
    (1...40).contains(text.utf8.count)
      && text.utf8.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: "_") }
  }

  /// What a page that says so is answered with.
  var status: HTTPResponse.Status {
    switch self {
    case .unknownState: .badRequest
    case .declined("server_error"), .declined("temporarily_unavailable"): .serviceUnavailable
    case .refused, .declined: .forbidden
    case .misconfigured: .badGateway
    case .unavailable: .serviceUnavailable
    }
  }
}
