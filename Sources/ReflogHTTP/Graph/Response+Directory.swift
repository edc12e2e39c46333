import HTTPTypes
import Hummingbird
import ReflogModel

extension Response {
  /// What the directory answered, with `@odata.context` on this server.
  init(_ response: DirectoryResponse, versionURL: String) {
    let status = HTTPResponse.Status(code: response.httpStatus)
    guard let body = response.body else {
      self.init(status: status)
      return
    }
    var json: JSONObject = [:]
    if let fragment = response.contextFragment {
      json["@odata.context"] = .string("\(versionURL)/$metadata#\(fragment)")
    }
    for member in body.members { json[member.name] = member.value }
    self.init(json: json, status: status)
  }
}

extension Request {
  /// The URL of this server up to the version, as the caller addressed it, without a slash behind it.
  func versionURL(_ context: ReflogRequestContext) throws(RequestError) -> String {
    "http://\(head.authority ?? "localhost")/\(try context.version())"
  }
}
