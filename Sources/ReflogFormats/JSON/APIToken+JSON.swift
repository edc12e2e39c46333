package import ReflogModel

extension APIToken {
  /// The token as JSON of the route for tokens, without its secret.
  package var json: JSONObject {
    [
      "id": .string(id), "name": .string(name), "role": .string(role.rawValue),
      "createdDateTime": .string(created.description), "expiryDateTime": .string(expires.description),
      "revokedDateTime": .optional(revoked?.description),
      "lastUsedDateTime": .optional(lastUsed?.description),
    ]
  }
}
