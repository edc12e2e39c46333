import HTTPTypes
import Hummingbird
import ReflogModel

/// Finds the route of a request, and the error for a request that no route handles.
///
/// The routes form a tree with one node for each segment of a path. The table compares the bytes of segments, and
/// ignores the case of ASCII letters.
struct RouteTable: Sendable {
  /// The position in the tree after some segments of a path.
  private struct Node: Sendable {
    /// The nodes after segments with a fixed spelling.
    var fixed: [(spelling: [UInt8], node: Int)] = []
    /// The node after a path parameter, and the name of the parameter.
    var parameter: (name: String, node: Int)?
    /// The node after all remaining segments.
    var rest: Int?
    /// The responders for a path that ends here.
    var responders: [HTTPRequest.Method: any HTTPResponder<ReflogRequestContext>] = [:]
  }

  /// A path that one or more routes handle.
  struct Match {
    /// The path, in which each fixed segment has the spelling of the route.
    let path: String
    let parameters: PathParameters
    fileprivate let node: Int
  }

  private var nodes = [Node()]
  private let unrouted: any HTTPResponder<ReflogRequestContext>

  /// Creates the table of all routes of a router.
  ///
  /// A path that supports `GET` gets `HEAD` too. The program stops if two routes have the same method and path, if a
  /// path parameter has two names, or if a path has a form that ``RequestRouter`` does not support.
  init(of router: RequestRouter) {
    unrouted = router.unrouted()
    for route in router.routes {
      let node = addNode(for: route.path)
      precondition(nodes[node].responders[route.method] == nil)
      nodes[node].responders[route.method] = route.responder
    }
    for node in nodes.indices where nodes[node].responders[.head] == nil {
      guard let get = nodes[node].responders[.get] else { continue }
      nodes[node].responders[.head] = CallbackResponder { request, context in
        try await get.respond(to: request, context: context).createHeadResponse()
      }
    }
  }

  private mutating func addNode(for path: String) -> Int {
    var node = 0
    let segments = path.split(separator: "/")
    for (index, segment) in segments.enumerated() {
      let next = nodes.count
      if segment == "**" {
        precondition(index == segments.count - 1)
        nodes[node].rest = nodes[node].rest ?? next
        node = nodes[node].rest ?? next
      } else if segment.first == "{", segment.last == "}" {
        let name = String(segment.dropFirst().dropLast())
        nodes[node].parameter = nodes[node].parameter ?? (name, next)
        precondition(nodes[node].parameter?.name == name)
        node = nodes[node].parameter?.node ?? next
      } else if let known = nodes[node].fixed.first(where: { segment.utf8.elementsEqual($0.spelling, by: Self.isSame) })
      {
        precondition(segment.utf8.elementsEqual(known.spelling))
        node = known.node
      } else {
        precondition(!segment.contains { "{}*".contains($0) })
        nodes[node].fixed.append((Array(segment.utf8), next))
        node = next
      }
      if node == next { nodes.append(Node()) }
    }
    return node
  }

  /// Returns the match of a path, or nil if no route has this path.
  ///
  /// A fixed segment has priority over a path parameter, and a path parameter has priority over `**`. The parameter
  /// `{version}` matches only a version of the API.
  ///
  /// - Parameter path: The canonical path.
  func match(_ path: String) -> Match? {
    var path = path
    return path.withUTF8 { bytes in
      var search = Search(bytes: bytes, segments: Self.segments(bytes))
      guard let node = find(&search, from: 0, at: 0) else { return nil }
      let parameters = search.parameters.map { ($0.name, search.text($0.range)) }
      return Match(path: search.spelled, parameters: PathParameters(parameters), node: node)
    }
  }

  /// Finds the node after all segments, beginning with the segment at `index` and the node in front of it.
  private func find(_ search: inout Search, from index: Int, at node: Int) -> Int? {
    guard index < search.segments.count else { return nodes[node].responders.isEmpty ? nil : node }
    let segment = search.segments[index]
    for fixed in nodes[node].fixed where search.isSame(segment, fixed.spelling) {
      guard let found = find(&search, from: index + 1, at: fixed.node) else { break }
      search.spell(segment, fixed.spelling)
      return found
    }
    if let parameter = nodes[node].parameter,
      parameter.name != "version" || APIVersion(segment: search.text(segment)) != nil
    {
      search.parameters.append((parameter.name, segment))
      if let found = find(&search, from: index + 1, at: parameter.node) { return found }
      search.parameters.removeLast()
    }
    guard let rest = nodes[node].rest else { return nil }
    search.parameters.append((PathParameters.rest, segment.lowerBound..<search.bytes.count))
    return rest
  }

  fileprivate static func isSame(_ first: UInt8, _ second: UInt8) -> Bool { first.asciiFolded == second.asciiFolded }

  /// Returns the positions of the segments of a path. An empty segment is not counted.
  private static func segments(_ path: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
    var (segments, start) = ([Range<Int>](), 0)
    segments.reserveCapacity(8)
    for end in 0...path.count where end == path.count || path[end] == UInt8(ascii: "/") {
      if end > start { segments.append(start..<end) }
      start = end + 1
    }
    return segments
  }

  /// Responds to a request whose path has this match.
  func respond(to request: Request, _ match: Match?, context: ReflogRequestContext) async throws -> Response {
    guard let match, let responder = nodes[match.node].responders[request.method] else {
      return try await unrouted.respond(to: request, context: context)
    }
    var context = context
    context.pathParameters = match.parameters
    return try await responder.respond(to: request, context: context)
  }

  /// Returns the methods that the resource at a path supports, or an empty list if no resource exists at the path.
  func methods(at path: String) -> [HTTPRequest.Method] {
    guard let match = match(path) else { return [] }
    if let flowType = match.parameters["flowType"], FlowType(segment: flowType) == nil { return [] }
    return SupportedMethods.all.filter { nodes[match.node].responders[$0] != nil }
  }

  /// Returns the error that refuses a request that no route handles.
  ///
  /// - Parameter path: The canonical path.
  func refusal(of method: HTTPRequest.Method, at path: String) -> RequestError {
    let segments = path.split(separator: "/").map { $0.description.asciiFolded }
    let methods = methods(at: path)
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

/// The search for the route of one path.
private struct Search {
  /// The bytes of the path.
  let bytes: UnsafeBufferPointer<UInt8>
  let segments: [Range<Int>]
  /// The names and positions of the path parameters that were found.
  var parameters: [(name: String, range: Range<Int>)] = []
  /// The bytes of the path with the spelling of the route, or nil if the path has this spelling already.
  private var respelled: [UInt8]?

  init(bytes: UnsafeBufferPointer<UInt8>, segments: [Range<Int>]) {
    self.bytes = bytes
    self.segments = segments
  }

  /// The path in which each fixed segment has the spelling of the route.
  var spelled: String {
    respelled.map { String(decoding: $0, as: UTF8.self) } ?? String(decoding: bytes, as: UTF8.self)
  }

  func text(_ segment: Range<Int>) -> String { String(decoding: bytes[segment], as: UTF8.self) }

  /// Returns whether a segment equals a spelling without regard to the case of ASCII letters.
  func isSame(_ segment: Range<Int>, _ spelling: [UInt8]) -> Bool {
    segment.count == spelling.count && bytes[segment].elementsEqual(spelling, by: RouteTable.isSame)
  }

  /// Gives a segment the spelling of the route.
  ///
  /// Both spellings have the same length, because only the case of ASCII letters differs.
  mutating func spell(_ segment: Range<Int>, _ spelling: [UInt8]) {
    guard !bytes[segment].elementsEqual(spelling) else { return }
    respelled = respelled ?? Array(bytes)
    respelled?.replaceSubrange(segment, with: spelling)
  }
}
