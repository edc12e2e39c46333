extension DirectoryAnswer {
  /// The answer without these texts, which a directory may quote where it refuses them.
  package func hiding(_ secrets: [String]) -> DirectoryAnswer {
    guard case .refused(let refusal) = self, !secrets.isEmpty else { return self }
    return .refused(refusal.hiding(secrets))
  }
}

extension DirectoryRefusal {
  fileprivate func hiding(_ secrets: [String]) -> DirectoryRefusal {
    // As they are and as they stand in JSON; the longest first, since one may be a part of another.
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
