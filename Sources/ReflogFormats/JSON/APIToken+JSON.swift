package import ReflogModel

extension APIToken {
  /// The token as JSON, in the form that the API for tokens returns.
  ///
  /// The JSON does not contain the token's secret.
  package var json: JSONObject {
    [
      "id": .string(id), "name": .string(name), "role": .string(role.rawValue),
      "createdDateTime": .string(created.description), "expiryDateTime": .string(expires.description),
      "revokedDateTime": .optional(revoked?.description),
      "lastUsedDateTime": .optional(lastUsed?.description),
    ]
  }
}
