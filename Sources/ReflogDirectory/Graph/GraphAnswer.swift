import ReflogModel

extension DirectoryAnswer {
  /// What an exchange means for a write: done, definitely not done, never sent, or unknown.
  ///
  /// A redirect is unknown, since it is not followed; so is a 5xx, since some are answered after the deed.
  ///
  /// - Parameters:
  ///   - graphURL: where the links in a body lead.
  ///   - isOwnCredential: whether Reflog asked in its own name.
  init(_ exchange: GraphExchange, from graphURL: String, isOwnCredential: Bool) {
    switch exchange {
    case .neverSent(let reason): self = .notSent(reason: reason)
    case .broken(let reason): self = .unknown(httpStatus: nil, reason: reason)
    case .answered(let response):
      switch response.httpStatus {
      case 200..<300: self = .applied(DirectoryResponse(response, from: graphURL))
      case 400, 401, 403, 404, 405, 409, 412, 422, 429:
        self = .refused(DirectoryRefusal(response, isOwnCredential: isOwnCredential))
      case let status: self = .unknown(httpStatus: status, reason: "Microsoft Graph answered with status \(status)")
      }
    }
  }
}

extension DirectoryResponse {
  /// A success as Graph answered it; `@odata.context` is left to the surface that shows it.
  init(_ response: GraphResponse, from graphURL: String) {
    var body = response.json
    let fragment = body?["@odata.context"]?.string.flatMap { context in
      context.firstIndex(of: "#").map { String(context[context.index(after: $0)...]) }
    }
    body?["@odata.context"] = nil
    // JSON that can't be read can't have its links led here, and is not handed on.
    let raw = body == nil && !response.body.isEmpty && !response.isJSON
    self.init(
      httpStatus: response.httpStatus,
      body: body,
      raw: raw
        ? RawBody(contentType: response.headers["content-type"] ?? "application/octet-stream", bytes: response.body)
        : nil,
      contextFragment: fragment,
      linkBase: graphURL,
      requestID: response.requestID,
      created: response.httpStatus == 201 && body?["targetUrl"] != nil
        ? body.flatMap(DirectoryConnector.init(graph:)) : nil
    )
  }
}

extension DirectoryRefusal {
  /// A refusal as Graph answered it, with a code of its own where the body holds none.
  init(_ response: GraphResponse, isOwnCredential: Bool) {
    let error = response.json?["error"]?.object
    self.init(
      httpStatus: response.httpStatus,
      code: error?["code"]?.string ?? "status\(response.httpStatus)",
      hasCode: error?["code"]?.string != nil,
      message: error?["message"]?.string ?? "Microsoft Graph answered with status \(response.httpStatus).",
      retryAfter: response.headers["retry-after"],
      wwwAuthenticate: response.headers["www-authenticate"],
      requestID: response.requestID,
      isOfOwnCredential: isOwnCredential && (response.httpStatus == 401 || response.httpStatus == 403)
    )
  }
}
