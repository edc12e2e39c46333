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

  /// An answer about a recorded change.
  func about(_ change: Change?) -> Response {
    var response = self
    if let change { response.headers[named: "Reflog-Change-Id"] = change.id.description }
    return response
  }
}
