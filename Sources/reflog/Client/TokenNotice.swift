import NIOHTTP1
import Synchronization

/// Warns the user once that the API token expires soon.
final class TokenNotice: Sendable {
  private let isShown = Atomic<Bool>(false)

  /// Shows the warning on stderr if an answer has the header with the expiry and the warning was not shown before.
  func show(_ headers: HTTPHeaders) {
    guard let expiry = headers.first(name: "Reflog-Token-Expires"), !isShown.exchange(true, ordering: .relaxed) else {
      return
    }
    Terminal.say("Your API token expires at \(expiry). Ask an administrator for a new one.")
  }
}
