import HTTPTypes
import Hummingbird
import NIOCore
import ReflogModel
import ReflogService

/// Where the caller sees this server.
struct Place {
  /// `http://host:port`, as the caller addressed it, without a slash behind it.
  let baseURL: String
  let version: APIVersion

  /// Up to the version, without a slash behind it.
  var versionURL: String { "\(baseURL)/\(version.rawValue)" }
}

extension Request {
  func place(_ context: ReflogRequestContext) throws(RequestError) -> Place {
    let heard = "\(context.scheme)://\(head.authority ?? "localhost")"
    return Place(baseURL: context.publicURL ?? heard, version: try context.version())
  }

  /// `host:port` of this server, whose URLs are taken as its own.
  func ownAuthority(_ context: ReflogRequestContext) -> String? {
    context.publicURL.flatMap { url in url.firstRange(of: "://").map { String(url[$0.upperBound...]) } }
      ?? head.authority
  }

  /// The URL of this server up to the version, as the caller addressed it, without a slash behind it.
  func versionURL(_ context: ReflogRequestContext) throws(RequestError) -> String {
    try place(context).versionURL
  }
}

extension Response {
  /// What the directory answered, its links leading to this server.
  init(_ response: DirectoryResponse, at place: Place) throws(ServiceError) {
    let status = HTTPResponse.Status(code: response.httpStatus)
    if let raw = response.raw {
      let body = ResponseBody(byteBuffer: ByteBuffer(bytes: raw.bytes))
      self.init(status: status, headers: [.contentType: raw.contentType], body: body)
    } else if let body = response.body {
      var json: JSONObject = [:]
      if let fragment = response.contextFragment {
        json["@odata.context"] = .string("\(place.versionURL)/$metadata#\(fragment)")
      }
      let links = LinkRewriting(from: response.linkBase, to: place.baseURL)
      for member in try links.rewritten(body).members { json[member.name] = member.value }
      self.init(json: json, status: status)
    } else {
      self.init(status: status)
    }
  }
}
