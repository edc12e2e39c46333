import HTTPTypes
import Hummingbird
import NIOCore
import ReflogModel

extension Response {
  /// Creates an answer with one JSON object as its body.
  init(json object: JSONObject, status: HTTPResponse.Status = .ok) {
    self.init(
      status: status,
      headers: [.contentType: "application/json; charset=utf-8"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: JSONValue.object(object).bytes))
    )
  }

  /// Creates an answer with bytes as its body and with status 200.
  init(bytes: [UInt8], _ contentType: String) {
    self.init(
      status: .ok,
      headers: [.contentType: contentType],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
    )
  }

  /// Returns the answer with the ids of recorded changes in the header `Reflog-Change-Id`.
  func about(_ changes: [Change.ID]) -> Response {
    var response = self
    if !changes.isEmpty {
      response.headers[.reflogChangeID] = changes.map(\.description).joined(separator: ", ")
    }
    return response
  }
}
