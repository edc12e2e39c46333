import HTTPTypes
import Hummingbird

extension Request {
  /// Returns the value of the first cookie with a name, or nil if the request has no cookie with this name.
  func cookie(named name: String) -> String? {
    for pair in (headers[.cookie] ?? "").split(separator: ";") {
      let parts = pair.split(separator: "=", maxSplits: 1).map { $0.trimmingPrefix(while: { $0 == " " }) }
      if parts.count == 2, parts[0] == name { return String(parts[1]) }
    }
    return nil
  }
}
