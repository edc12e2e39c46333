import HTTPTypes
import Hummingbird
import ReflogModel
import ReflogService

extension Request {
  /// Headers that would change what a request means, and that Reflog does not have.
  private static let unsupportedHeaders = [
    "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range", "Content-Encoding",
    "X-HTTP-Method-Override",
  ].compactMap { HTTPField.Name($0) }

  /// Refuses headers that would otherwise be ignored to somebody's harm.
  private func refuseUnsupportedHeaders() throws(RequestError) {
    let unsupported = headers.first { field in
      field.name.canonicalName.utf8.starts(with: "reflog-".utf8) && field.name != .reflogReason
        || Self.unsupportedHeaders.contains(field.name)
    }
    guard let name = unsupported?.name else { return }
    let shown = Self.unsupportedHeaders.contains(name) ? name.rawName : name.canonicalName
    throw .badRequest("The header \(shown) is not supported.", target: shown)
  }

  /// What `If-Match` demands; a step's reference alone has an entity tag.
  private func precondition(_ action: ChangeRequest.Action) throws(RequestError) -> Precondition? {
    guard let header = headers[.ifMatch] else { return nil }
    guard case .setReference = action else {
      throw .badRequest("If-Match is supported at …/{step}/$ref only.", target: "If-Match")
    }
    return try EntityTag.precondition(header)
  }

  /// A change that this request asks for.
  func changeRequest(
    _ action: ChangeRequest.Action,
    _ context: ReflogRequestContext,
    reason: String? = nil
  ) throws(RequestError) -> ChangeRequest {
    try refuseUnsupportedHeaders()
    if case .other = action {} else { _ = try QueryOptions(self, allowing: []) }
    guard context.idempotencyKey == nil || action.isRecorded else {
      throw .badRequest("Idempotency-Key holds only for what is recorded, and this is not.", target: "Idempotency-Key")
    }
    let reason = try self.reason(orInBody: reason)
    return ChangeRequest(
      action: action,
      caller: try context.requireCaller(),
      reason: reason,
      correlationID: context.clientRequestID,
      requestID: context.requestID,
      precondition: try precondition(action),
      idempotencyKey: context.idempotencyKey
    )
  }

  /// The reason, which stands in the body or in `Reflog-Reason`, or nowhere.
  func reason(orInBody reason: String?) throws(RequestError) -> String? {
    guard let reason else { return try reasonHeader() }
    guard headers[.reflogReason] == nil else {
      throw .badRequest("The reason stands in the body and in Reflog-Reason.", target: "reason")
    }
    return try Self.checkedReason(reason)
  }

  /// `Reflog-Reason`: percent-encoded UTF-8.
  private func reasonHeader() throws(RequestError) -> String? {
    guard let header = headers[.reflogReason] else { return nil }
    guard let reason = header.percentDecoded(plusIsSpace: false) else {
      throw .badRequest("Reflog-Reason is not percent-encoded UTF-8.", target: "Reflog-Reason")
    }
    return try Self.checkedReason(reason)
  }

  private static func checkedReason(_ reason: String) throws(RequestError) -> String {
    guard reason.utf8.count <= RequestLimits.reasonBytes, !reason.utf8.contains(0) else {
      throw .badRequest(
        "A reason has at most \(RequestLimits.reasonBytes) bytes of UTF-8, and none of them is NUL.",
        target: "reason"
      )
    }
    return reason
  }
}
