import Crypto
import Foundation
import ReflogModel

/// Encrypts the state of a sign-in, so that the browser can store the state.
///
/// The browser can't read the state, and can't create a valid state. Only this process has the encryption key, so a
/// restart of the server ends all sign-ins in progress.
struct SignInSeal: Sendable {
  /// The state of a sign-in in progress.
  struct Contents: Sendable {
    let state: String
    let verifier: String
    let nonce: String
    let target: String
    /// The browser's session, or nil if the browser has no session.
    let session: String?
    let begun: Timestamp
  }

  private let key = SymmetricKey(size: .bits256)

  /// Returns the encrypted state as base64url for a cookie, or nil if the encryption fails.
  func close(_ attempt: Contents) -> String? {
    let content: JSONObject = [
      "state": .string(attempt.state), "verifier": .string(attempt.verifier), "nonce": .string(attempt.nonce),
      "target": .string(attempt.target), "session": .optional(attempt.session),
      "begun": .integer(attempt.begun.microseconds),
    ]
    let box = try? AES.GCM.seal(Data(JSONValue.object(content).text.utf8), using: key)
    return (box?.combined).map { Array($0).base64URL }
  }

  /// Returns the decrypted state, or nil if this process did not encrypt the text.
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
