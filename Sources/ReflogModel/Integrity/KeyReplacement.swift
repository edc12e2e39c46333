/// The replacement of a signing key that was lost.
///
/// The log continues under a new name, because the lost key can't sign the change to a new key.
package struct KeyReplacement: Sendable {
  /// The id of the service event that records the replacement.
  package let event: Int64
  /// When the replacement was recorded.
  package let time: Timestamp
  /// The name that the log had with the lost key.
  package let formerOrigin: Origin
  /// The number of entries that the lost key signed.
  ///
  /// The sequences of these entries begin at 0. So the number is also the sequence of the entry that records the
  /// replacement.
  package let formerSize: Int64
  /// The root of the tree over the entries that the lost key signed.
  package let formerRoot: Hash
  /// The name of the log from the replacement on.
  package let origin: Origin
  /// The lost key and the new key.
  package let formerKey, key: VerifierKey
  /// Why the key was replaced.
  package let reason: String

  /// Creates a replacement.
  package init(
    event: Int64,
    time: Timestamp,
    formerOrigin: Origin,
    formerSize: Int64,
    formerRoot: Hash,
    origin: Origin,
    formerKey: VerifierKey,
    key: VerifierKey,
    reason: String
  ) {
    self.event = event
    self.time = time
    self.formerOrigin = formerOrigin
    self.formerSize = formerSize
    self.formerRoot = formerRoot
    self.origin = origin
    self.formerKey = formerKey
    self.key = key
    self.reason = reason
  }

  /// The details of the service event that records the replacement.
  package var details: JSONObject {
    [
      "formerOrigin": .string(formerOrigin.text), "formerSize": .integer(formerSize),
      "formerRoot": .string(formerRoot.base64), "formerKey": .string(formerKey.text),
      "origin": .string(origin.text), "key": .string(key.text), "reason": .string(reason),
    ]
  }
}
