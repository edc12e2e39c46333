import HTTPTypes
import Hummingbird
import ReflogModel
import ReflogService

extension Request {
  /// The headers that Reflog does not support, although they would change the meaning of a request.
  private static let unsupportedHeaders = [
    "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range", "Content-Encoding",
  ].compactMap { HTTPField.Name($0) }

  /// The headers with which a caller could change the method of a request.
  private static let methodOverrides = ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"]
    .compactMap { HTTPField.Name($0) }

  /// Throws an error if the request has a header that changes the method of the request.
  ///
  /// Reflog checks and records only the method in the request line. So a request to read or change the directory must
  /// not contain a second method in a header.
  func refuseMethodOverride() throws(RequestError) {
    guard let name = Self.methodOverrides.first(where: { headers.contains($0) }) else { return }
    throw .badRequest("The header \(name.rawName) is not supported.", target: name.rawName)
  }

  /// Throws an error if the request has an unsupported header.
  ///
  /// If Reflog ignored the header, Reflog could make a change that the caller did not intend.
  private func refuseUnsupportedHeaders() throws(RequestError) {
    let unsupported = headers.first { field in
      field.name.canonicalName.utf8.starts(with: "reflog-".utf8) && field.name != .reflogReason
        && field.name != .reflogOverride
        || Self.unsupportedHeaders.contains(field.name)
    }
    guard let name = unsupported?.name else { return }
    let shown = Self.unsupportedHeaders.contains(name) ? name.rawName : name.canonicalName
    throw .badRequest("The header \(shown) is not supported.", target: shown)
  }

  /// Returns the precondition in the header `If-Match`, or nil if the header is missing.
  ///
  /// The method throws an error if the header is present and the action is not about the reference of a step. Only the
  /// reference of a step has an entity tag.
  private func precondition(_ action: ChangeRequest.Action) throws(RequestError) -> Precondition? {
    guard let header = headers[.ifMatch] else { return nil }
    guard case .setReference = action else {
      throw .badRequest("If-Match is supported only at …/{step}/$ref.", target: "If-Match")
    }
    return try EntityTag.precondition(header)
  }

  /// Creates the request for a change from this HTTP request.
  ///
  /// - Parameters:
  ///   - action: The action that the caller requests, for example to set a reference.
  ///   - context: The request's context, with the authenticated caller.
  ///   - reason: The reason in the body, or nil if the body contains no reason.
  func changeRequest(
    _ action: ChangeRequest.Action,
    _ context: ReflogRequestContext,
    reason: String? = nil
  ) throws(RequestError) -> ChangeRequest {
    try refuseMethodOverride()
    try refuseUnsupportedHeaders()
    if case .other = action {} else { _ = try QueryOptions(self, allowing: []) }
    guard context.idempotencyKey == nil || action.isRecorded else {
      throw .badRequest(
        "Idempotency-Key is supported only for recorded changes, and this request is not recorded.",
        target: "Idempotency-Key"
      )
    }
    let reason = try self.reason(orInBody: reason)
    return ChangeRequest(
      action: action,
      caller: try context.requireCaller(),
      reason: reason,
      correlationID: context.clientRequestID,
      requestID: context.requestID,
      precondition: try precondition(action),
      idempotencyKey: context.idempotencyKey,
      override: try overrideHeader()
    )
  }

  /// Returns the reason from the body or from the header `Reflog-Reason`, or nil if no reason is given.
  ///
  /// A reason that consists only of spaces counts as no reason. Throws an error if both the body and the header contain
  /// a reason.
  func reason(orInBody reason: String?) throws(RequestError) -> String? {
    guard let reason else { return try reasonHeader() }
    guard headers[.reflogReason] == nil else {
      throw .badRequest("The reason is given twice: in the body and in Reflog-Reason.", target: "reason")
    }
    return try Self.checkedReason(reason).unlessBlank
  }

  /// Returns the reason in the header `Reflog-Reason`, or nil if the header is missing or blank.
  private func reasonHeader() throws(RequestError) -> String? {
    try textHeader(.reflogReason).map(Self.checkedReason)?.unlessBlank
  }

  /// Returns the reason in the header `Reflog-Override`, or nil if the header is missing.
  ///
  /// This is the reason why the caller overrides a freeze. The method throws an error if the reason is empty.
  func overrideHeader() throws(RequestError) -> String? {
    guard let text = try textHeader(.reflogOverride) else { return nil }
    guard let reason = try Self.checkedOverride(text) else {
      throw .badRequest("Reflog-Override must contain the reason for the override.", target: "Reflog-Override")
    }
    return reason
  }

  /// Returns the reason for the override of a freeze, or nil if the text is blank.
  ///
  /// Throws an error if the reason is too long or is not valid text.
  static func checkedOverride(_ text: String) throws(RequestError) -> String? {
    text.isBlank ? nil : try checkedReason(text)
  }

  /// Returns the decoded value of a header, or nil if the header is missing.
  ///
  /// The header's value is percent-encoded UTF-8.
  private func textHeader(_ name: HTTPField.Name) throws(RequestError) -> String? {
    guard let header = headers[name] else { return nil }
    let shown = name.canonicalName == "reflog-override" ? "Reflog-Override" : "Reflog-Reason"
    guard headers[values: name].count == 1 else {
      throw .badRequest("\(shown) is given twice. Send one.", target: shown)
    }
    // When Reflog's server reads a request, it replaces bytes that are not UTF-8 by U+FFFD. So a value with U+FFFD is
    // refused.
    guard let text = header.percentDecoded(plusIsSpace: false), !text.hasReplacementCharacter else {
      throw .badRequest(
        "\(shown) can't be read as UTF-8. Percent-encode the reason.",
        target: shown
      )
    }
    return text
  }

  /// Returns a reason, or throws an error if the reason is too long or is not valid text.
  static func checkedReason(_ reason: String) throws(RequestError) -> String {
    guard reason.utf8.count <= RequestLimits.reasonBytes, !reason.utf8.contains(0), !reason.hasReplacementCharacter
    else {
      throw .badRequest(
        "The reason must have at most \(RequestLimits.reasonBytes) bytes of UTF-8. It must not contain NUL or the "
          + "replacement character (U+FFFD), which stands for characters that could not be read.",
        target: "reason"
      )
    }
    return reason
  }
}

extension String {
  /// Whether the text contains U+FFFD, the character that replaces bytes that could not be decoded.
  var hasReplacementCharacter: Bool { unicodeScalars.contains("\u{FFFD}") }
}
