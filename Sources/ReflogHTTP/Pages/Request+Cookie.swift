import HTTPTypes
import Hummingbird

extension Request {
  /// The value of a cookie; the first where there are several of the name.
  func cookie(named name: String) -> String? {
    for pair in (headers[.cookie] ?? "").split(separator: ";") {
      let parts = pair.split(separator: "=", maxSplits: 1).map { $0.trimmingPrefix(while: { $0 == " " }) }
      if parts.count == 2, parts[0] == name { return String(parts[1]) }
    }
    return nil
  }
}
