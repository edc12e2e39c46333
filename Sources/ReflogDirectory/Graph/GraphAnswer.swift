import ReflogModel

extension DirectoryAnswer {
  /// Creates the answer to a write from an exchange with Graph: applied, refused, not sent, or unknown.
  ///
  /// After a redirect, the result is unknown, because Reflog does not follow redirects. After a 5xx status, the result
  /// is unknown, because Graph sometimes applies a write and still answers with a 5xx status.
  ///
  /// - Parameters:
  ///   - exchange: The exchange in which the write was sent.
  ///   - graphURL: The base URL of Graph. The links in the answer's body begin with this URL.
  ///   - isOwnCredential: Whether the request was sent with Reflog's own credential.
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
  /// Creates a success from Graph's answer.
  ///
  /// The member `@odata.context` is removed here, because Reflog's Graph API adds its own value to the answer for the
  /// caller.
  init(_ response: GraphResponse, from graphURL: String) {
    var body = response.json
    let fragment = body?["@odata.context"]?.string.flatMap { context in
      context.firstIndex(of: "#").map { String(context[context.index(after: $0)...]) }
    }
    body?["@odata.context"] = nil
    // Invalid JSON is not forwarded, because its links can't be rewritten.
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
      forwardedHeaders: response.headers.filter { Self.forwardedHeaderNames.contains($0.key) },
      created: response.httpStatus == 201 && body?["targetUrl"] != nil
        ? body.flatMap(DirectoryConnector.init(graph:)) : nil
    )
  }
}

extension DirectoryRefusal {
  /// The maximum lengths, in Unicode scalars, of an error's code and of an error's message.
  ///
  /// Both limits are needed because the texts are recorded. Graph's own codes and messages are much shorter.
  private static let (codeLimit, messageLimit) = (256, 4096)

  /// Creates a refusal from Graph's answer.
  ///
  /// If the body has no error code, the refusal gets a code that contains the status.
  init(_ response: GraphResponse, isOwnCredential: Bool) {
    let error = response.json?["error"]?.object
    self.init(
      httpStatus: response.httpStatus,
      code: error?["code"]?.string?.limited(to: Self.codeLimit) ?? "status\(response.httpStatus)",
      hasCode: error?["code"]?.string != nil,
      message: error?["message"]?.string?.limited(to: Self.messageLimit)
        ?? "Microsoft Graph answered with status \(response.httpStatus).",
      retryAfter: response.headers["retry-after"],
      wwwAuthenticate: response.headers["www-authenticate"],
      requestID: response.requestID,
      isOfOwnCredential: isOwnCredential && (response.httpStatus == 401 || response.httpStatus == 403)
    )
  }
}
