import HTTPTypes
import ReflogModel

/// Explains why Reflog does not forward a request to Microsoft Graph.
enum UnforwardedRequest {
  /// Returns the error that refuses a request that no route forwards.
  ///
  /// - Parameters:
  ///   - path: The canonical path, beginning with the version.
  ///   - methods: The methods that the resource at the path supports.
  static func error(at path: String, methods: [HTTPRequest.Method] = []) -> RequestError {
    let segments = path.split(separator: "/").map { $0.description.asciiFolded }
    if segments.last == "$batch" { return .batch }
    guard segments.count > 2, segments[1] == "identity" else { return .notProxied }
    if segments.contains(where: { $0.contains("(") }) { return .keyInParentheses }
    let isFlow = FlowType(segment: segments[2]) != nil
    if isFlow, segments.count > 4, segments[4] == "apiconnectorconfiguration" {
      if segments.last?.hasSuffix("uploadclientcertificate") == true { return .certificateOfStep }
      return segments.count == 7 && segments[6] == "$ref" ? .methodOfReference : .missingRef
    }
    let isKnown = isFlow || segments[2] == "apiconnectors"
    return isKnown && segments.count <= 4 && !methods.isEmpty ? .methodNotForwarded(methods) : .notProxied
  }
}
