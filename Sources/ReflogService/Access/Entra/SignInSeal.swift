import Crypto
import Foundation
import ReflogModel

/// Seals what a browser must bring back when somebody has signed in elsewhere: it can neither read it nor make another.
///
/// The key is of this process, so a restart ends what was begun.
struct SignInSeal: Sendable {
  /// A sign-in that began.
  struct Contents: Sendable {
    let state: String
    let verifier: String
    let nonce: String
    let target: String
    /// The session that the browser has, if it has one.
    let session: String?
    let begun: Timestamp
  }

  private let key = SymmetricKey(size: .bits256)

  /// Base 64 that is fit for a cookie; nothing where it can't be sealed.
  func close(_ attempt: Contents) -> String? {
    let content: JSONObject = [
      "state": .string(attempt.state), "verifier": .string(attempt.verifier), "nonce": .string(attempt.nonce),
      "target": .string(attempt.target), "session": .optional(attempt.session),
      "begun": .integer(attempt.begun.microseconds),
    ]
    let box = try? AES.GCM.seal(Data(JSONValue.object(content).text.utf8), using: key)
    return (box?.combined).map { Array($0).base64URL }
  }

  /// What was sealed; nothing where that was not done here.
  func open(_ sealed: String) -> Contents? {
    guard let bytes = [UInt8](base64URL: sealed), let box = try? AES.GCM.SealedBox(combined: bytes),
      let text = try? AES.GCM.open(box, using: key), let content = try? JSONValue(parsing: Array(text)).object,
      let state = content["state"]?.string, let verifier = content["verifier"]?.string,
      let nonce = content["nonce"]?.string, let target = content["target"]?.string,
      let begun = content["begun"]?.wholeNumber
    else { return nil }
    return Contents(
      state: state,
      verifier: verifier,
      nonce: nonce,
      target: target,
      session: content["session"]?.string,
      begun: Timestamp(microseconds: begun)
    )
  }
}
