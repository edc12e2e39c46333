import HTTPTypes
import Hummingbird
import NIOCore
import ReflogModel
import ReflogService

/// What Reflog reads of a request before it looks at what is asked.
enum RequestLimits {
  /// A reference, a connector or a flow is a few hundred bytes; this leaves room for long URLs.
  static let body = 64 * 1024
  /// As long as a good commit message in any script.
  static let reasonBytes = 4000
}

extension ReflogRequestContext {
  /// The version segment of the path, `beta` or `v1.0`, in Graph's spelling.
  func version() throws(RequestError) -> String {
    let segment = parameters.get("version") ?? ""
    guard let version = ["beta", "v1.0"].first(where: { $0 == segment.lowercased() }) else {
      throw .notProxied
    }
    return version
  }

  func flowType() throws(RequestError) -> FlowType {
    let segment = parameters.get("flowType") ?? ""
    guard let flowType = FlowType(segment: segment) else { throw .notProxied }
    return flowType
  }

  func flowID() throws(RequestError) -> FlowID {
    guard let id = FlowID(parameters.get("flow") ?? "") else {
      throw .badRequest("A user flow's id has 1 to 128 letters, digits, '_', '.' or '-'.", target: "flow")
    }
    return id
  }

  func step() throws(RequestError) -> Step {
    guard let step = Step(parameters.get("step") ?? "") else {
      throw .badRequest("A step is a name of letters and digits that begins with a letter.", target: "step")
    }
    return step
  }

  func address() throws(RequestError) -> Address {
    Address(flowType: try flowType(), flow: try flowID(), step: try step())
  }

  func connectorID() throws(RequestError) -> ConnectorID {
    guard let id = ConnectorID(parameters.get("connector") ?? "") else {
      throw .badRequest("A connector's id has 1 to 128 letters, digits, '_', '.' or '-'.", target: "connector")
    }
    return id
  }

  func changeID() throws(RequestError) -> Change.ID {
    guard let id = Change.ID(parameters.get("change") ?? "") else {
      throw .badRequest("A change's id is a positive whole number.", target: "id")
    }
    return id
  }
}

extension Request {
  /// The whole body, if it is not too large.
  func boundedBody() async throws -> ByteBuffer {
    do {
      return try await body.collect(upTo: RequestLimits.body)
    } catch is NIOTooManyBytesError {
      throw RequestError.bodyTooLarge(limit: RequestLimits.body)
    } catch {
      // Whatever went wrong, it went wrong on the way here.
      throw RequestError.badRequest("The body did not arrive whole.", target: "body")
    }
  }

  /// The body as one JSON object.
  ///
  /// - Parameter emptyMeans: what no body at all stands for; nothing where there must be one.
  func jsonObject(emptyMeans: JSONObject? = nil) async throws -> JSONObject {
    let buffer = try await boundedBody()
    if buffer.readableBytes == 0, let emptyMeans { return emptyMeans }
    guard buffer.readableBytes > 0 else { throw RequestError.badRequest("The request has no body.", target: "body") }
    do {
      let value = try JSONValue(parsing: buffer.readableBytesView)
      guard let object = value.object else {
        throw RequestError.badRequest("The body must be a JSON object, not \(value.kindName).", target: "body")
      }
      return object
    } catch let error as JSONError {
      throw RequestError.badRequest("The body is no JSON: \(error).", target: "body")
    }
  }

  /// Headers that would change what a request means, and that Reflog does not have.
  private static let unsupportedHeaders = [
    "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range", "Content-Encoding",
    "X-HTTP-Method-Override",
  ]

  /// Refuses headers that would otherwise be ignored to somebody's harm.
  private func refuseUnsupportedHeaders() throws(RequestError) {
    let ownOnes = headers.map(\.name.canonicalName).filter { $0.hasPrefix("reflog-") && $0 != "reflog-reason" }
    if let name = ownOnes.first ?? Self.unsupportedHeaders.first(where: { headers[named: $0] != nil }) {
      throw .badRequest("The header \(name) is not supported.", target: name)
    }
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
    guard reason == nil || headers[named: "Reflog-Reason"] == nil else {
      throw .badRequest("The reason stands in the body and in Reflog-Reason.", target: "reason")
    }
    let reason = if let reason { try Self.checkedReason(reason) } else { try reasonHeader() }
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

  /// `Reflog-Reason`: percent-encoded UTF-8.
  private func reasonHeader() throws(RequestError) -> String? {
    guard let header = headers[named: "Reflog-Reason"] else { return nil }
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

  /// The base of URLs that lead back to this server, as the caller addressed it.
  func baseURL(_ context: ReflogRequestContext) -> String {
    "http://\(head.authority ?? "localhost")"
  }
}
