import HTTPTypes
import Hummingbird
import NIOCore
import ReflogModel

extension Response {
  /// An answer of one JSON object.
  init(json object: JSONObject, status: HTTPResponse.Status = .ok) {
    self.init(
      status: status,
      headers: [.contentType: "application/json; charset=utf-8"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: JSONValue.object(object).bytes))
    )
  }

  /// An answer of bytes.
  init(bytes: [UInt8], _ contentType: String) {
    self.init(
      status: .ok,
      headers: [.contentType: contentType],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
    )
  }

  /// An answer about recorded changes, one or several.
  func about(_ changes: [Change.ID]) -> Response {
    var response = self
    if !changes.isEmpty {
      response.headers[.reflogChangeID] = changes.map(\.description).joined(separator: ", ")
    }
    return response
  }
}
