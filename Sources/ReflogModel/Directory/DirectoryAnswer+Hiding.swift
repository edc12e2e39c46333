extension DirectoryAnswer {
  /// Returns the answer with each of these texts replaced by `…`.
  ///
  /// Call this function before you record an answer, because a directory can quote a secret in its error message.
  package func hiding(_ secrets: [String]) -> DirectoryAnswer {
    guard case .refused(let refusal) = self, !secrets.isEmpty else { return self }
    return .refused(refusal.hiding(secrets))
  }
}

extension DirectoryRefusal {
  fileprivate func hiding(_ secrets: [String]) -> DirectoryRefusal {
    // A message can contain a secret unchanged or with JSON escapes, so both forms are replaced. Longer texts are
    // replaced first, because a long text can contain a shorter text.
    let shown = (secrets + secrets.map { String(JSONValue.string($0).text.dropFirst().dropLast()) })
      .filter { !$0.isEmpty }
      .sorted { $0.utf8.count > $1.utf8.count }
    func hide(_ text: String) -> String {
      shown.reduce(text) { $0.replacing($1, with: "…") }
    }
    return DirectoryRefusal(
      httpStatus: httpStatus,
      code: hide(code),
      hasCode: hasCode,
      message: hide(message),
      retryAfter: retryAfter,
      wwwAuthenticate: wwwAuthenticate,
      requestID: requestID,
      isOfOwnCredential: isOfOwnCredential
    )
  }
}
