import HTTPTypes
import Hummingbird
import NIOCore
import ReflogModel
import ReflogService

extension Response {
  /// Creates the answer to the caller from the directory's answer.
  ///
  /// The links in the new answer point to this server.
  init(_ response: DirectoryResponse, at base: RequestBase) throws(ServiceError) {
    let status = HTTPResponse.Status(code: response.httpStatus)
    if let raw = response.raw {
      let body = ResponseBody(byteBuffer: ByteBuffer(bytes: raw.bytes))
      self.init(status: status, headers: [.contentType: raw.contentType], body: body)
    } else if let body = response.body {
      var json: JSONObject = [:]
      if let fragment = response.contextFragment {
        json["@odata.context"] = .string("\(base.versionURL)/$metadata#\(fragment)")
      }
      let links = LinkRewriting(from: response.linkBase, to: base.baseURL)
      for member in try links.rewritten(body).members { json[member.name] = member.value }
      self.init(json: json, status: status)
    } else {
      self.init(status: status)
    }
  }
}
