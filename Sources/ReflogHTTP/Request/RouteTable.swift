import HTTPTypes
import Hummingbird
import ReflogModel

/// The methods that each resource supports, and the errors for requests that no route handles.
struct RouteTable: Sendable {
  private struct Route {
    let segments: [String]
    let method: HTTPRequest.Method

    /// Returns whether a path has this route's form.
    ///
    /// In a route, `{name}` is any segment, and `**` is one or more segments.
    func matches(_ path: [String]) -> Bool {
      for (index, segment) in segments.enumerated() {
        if segment == "**" { return path.count > index }
        guard index < path.count, segment.hasPrefix("{") || segment == path[index] else { return false }
      }
      return path.count == segments.count
    }
  }

  private let routes: [Route]
  /// The fixed segments of all routes, in the spelling of the routes.
  ///
  /// The key is the hash of the segment.
  private let fixed: [UInt64: [UInt8]]

  init(of router: Router<ReflogRequestContext>) {
    routes = router.routes.map { Route(segments: Self.segments("\($0.path)"), method: $0.method) }
    let segments = router.routes.flatMap { "\($0.path)".split(separator: "/").map { Array($0.utf8) } }
    fixed = Dictionary(segments.map { (Self.foldedHash($0), $0) }) { first, _ in first }
  }

  /// Returns the FNV-1a hash of a segment. Upper and lower case of ASCII letters have the same hash.
  private static func foldedHash(_ segment: some Sequence<UInt8>) -> UInt64 {
    segment.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1.asciiFolded)) &* 0x100_0000_01B3 }
  }

  /// Returns a path in which each fixed segment of a route has the spelling of the route.
  ///
  /// So the router can compare all bytes of the segments. A router that ignores upper and lower case compares letter by
  /// letter, which needs more time than all other work on the path. If an id equals a fixed segment, the id gets the
  /// spelling of that segment too. This has no effect, because ids are compared without regard to ASCII case.
  ///
  /// - Parameter path: The canonical path.
  func spelled(_ path: String) -> String {
    var path = path
    let spelled = path.withUTF8 { bytes -> [UInt8]? in
      var spelled: [UInt8]?
      for segment in bytes.split(separator: UInt8(ascii: "/")) {
        guard let fixed = fixed[Self.foldedHash(segment)], !segment.elementsEqual(fixed),
          segment.elementsEqual(fixed, by: { $0.asciiFolded == $1.asciiFolded })
        else { continue }
        // The two spellings have the same length, because only the case of ASCII letters differs.
        spelled = spelled ?? Array(bytes)
        spelled?.replaceSubrange(segment.indices, with: fixed)
      }
      return spelled
    }
    return spelled.map { String(decoding: $0, as: UTF8.self) } ?? path
  }

  private static func segments(_ path: String) -> [String] {
    path.split(separator: "/").map { $0.description.asciiFolded }
  }

  /// Returns the methods that the resource at a path supports, or an empty list if no resource exists at the path.
  ///
  /// If a resource supports `GET`, the resource supports `HEAD` too.
  func methods(at path: String) -> [HTTPRequest.Method] {
    let segments = Self.segments(path)
    let found = Set(routes.filter { $0.matches(segments) }.map(\.method))
    return SupportedMethods.all.filter { found.contains($0) || $0 == .head && found.contains(.get) }
  }

  /// Returns the error that refuses a request that no route handles.
  ///
  /// - Parameter path: The canonical path.
  func refusal(of method: HTTPRequest.Method, at path: String) -> RequestError {
    let (segments, methods) = (Self.segments(path), methods(at: path))
    let isVersioned = segments.first.flatMap { APIVersion(segment: $0) } != nil
    let isOwn = !isVersioned || Self.ownPaths.contains { segments.dropFirst().starts(with: $0) }
    guard isOwn || !SupportedMethods.all.contains(method) else {
      return UnforwardedRequest.error(at: path, methods: methods)
    }
    return methods.isEmpty ? (isOwn ? .notFound : .notProxied) : .methodNotAllowed(methods)
  }

  /// The first segments, after the version, of the paths that Reflog answers itself.
  private static let ownPaths = [
    ["reflog"], ["auditlogs", "connectorchanges"], ["auditlogs", "connectorconfigurations"],
    ["auditlogs", "serviceevents"], ["auditlogs", "exportmanifests"], ["auditlogs", "evidence"],
  ]
}
