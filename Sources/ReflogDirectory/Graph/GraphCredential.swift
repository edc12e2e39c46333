/// How Reflog proves to the login of a cloud that it is itself.
package struct GraphCredential: Sendable {
  /// The tenant's GUID.
  package let tenantID: String
  package let clientID: String
  let clientSecret: String

  package init(tenantID: String, clientID: String, clientSecret: String) {
    self.tenantID = tenantID
    self.clientID = clientID
    self.clientSecret = clientSecret
  }
}
