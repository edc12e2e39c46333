import HTTPTypes
import ReflogService

extension EntraSignIn.Failure {
  /// The reason why the sign-in failed, as text for the page.
  var onPage: String {
    switch self {
    case .unknownState: "This sign-in took too long, or began in another browser. Try again."
    case .refused(let reason): "Entra did not sign you in: \(reason)."
    case .declined(let code): Self.text(ofCode: code)
    case .misconfigured(let code):
      "Entra refused this server's client id or secret (\(code)). Tell its administrator, or sign in with an API token."
    case .unavailable: "Entra can't be reached now. Try again, or sign in with an API token."
    }
  }

  /// Returns Reflog's own text for an error code.
  ///
  /// The browser also sends a description of the error. That description is not shown, because another site could have
  /// written the description.
  private static func text(ofCode code: String) -> String {
    switch code {
    case "access_denied": "Entra did not sign you in: the sign-in was cancelled or is not allowed."
    case "login_required", "interaction_required":
      "Entra did not sign you in: sign in at Entra first, then try again."
    case "consent_required": "Entra did not sign you in: an administrator must first consent to Reflog in Entra."
    case "server_error", "temporarily_unavailable": "Entra can't sign you in at the moment. Try again."
    default: isCode(code) ? "Entra did not sign you in (\(code))." : "Entra did not sign you in and gave no reason."
    }
  }

  private static func isCode(_ text: String) -> Bool {
    (1...40).contains(text.utf8.count)
      && text.utf8.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: "_") }
  }

  /// The HTTP status of the page that shows this failure.
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
