extension DirectoryAnswer {
  /// Returns the answer without these texts, because a directory may quote a secret that it refuses.
  package func hiding(_ secrets: [String]) -> DirectoryAnswer {
    guard case .refused(let refusal) = self, !secrets.isEmpty else { return self }
    return .refused(refusal.hiding(secrets))
  }
}

extension DirectoryRefusal {
  fileprivate func hiding(_ secrets: [String]) -> DirectoryRefusal {
    // The texts as they are and as JSON escapes them. The longest is replaced first, because it may contain another.
    let shown = (secrets + secrets.map { String(JSONValue.string($0).text.dropFirst().dropLast()) })
      .filter { !$0.isEmpty }
      .sorted { $0.utf8.count > $1.utf8.count }
    func hide(_ text: String) -> String {
      shown.reduce(text) { $0.replacing($1, with: "…") }
    }
    return DirectoryRefusal(
      httpStatus: httpStatus,
      code: hide(code),
      message: hide(message),
      retryAfter: retryAfter,
      wwwAuthenticate: wwwAuthenticate,
      requestID: requestID,
      isOfOwnCredential: isOfOwnCredential
    )
  }
}
