import HTTPTypes
import Hummingbird
import NIOCore
import ReflogModel
import ReflogService
import ReflogStorage

/// The limits on the number of requests that are in progress at the same time, in total and for each caller.
///
/// Each kind of work has separate slots, so queries of the history can't use the slots for changes. Counts and exports
/// take long. They run on ``BackgroundThreads``, so they do not slow down changes and pages.
struct Admission: Sendable {
  /// Delays the answers to requests that are refused before they have a slot.
  let pace: RefusalPace
  /// The slots for changes by callers who are allowed to make changes, and for requests by admins.
  private let changes: Slots
  /// The slots for queries of the history, and for the requests of callers who can only read the history.
  private let questions: Slots
  /// The slots for requests that count the matching changes or events.
  private let counts: Slots
  /// The slots for reads of the directory.
  private let directoryReads: Slots
  /// The slots for callers whose token only the directory can check.
  private let unverified: Slots
  /// The slots for requests without a credential.
  private let open: Slots
  /// The slots for sign-ins.
  private let signIns: Slots
  /// The slots for exports.
  ///
  /// An export uses a slot while the exported file is sent.
  private let exports: Slots
  /// The slots for reading the pieces of exports from the ledger.
  private let exportPieces: Slots
  private let bodies: BodyMemory
  /// The threads that run counts and exports.
  private let threads: BackgroundThreads

  /// Creates the limits of a server.
  init() {
    let (pace, threads) = (RefusalPace(), BackgroundThreads(count: RequestLimits.backgroundThreads))
    self.pace = pace
    self.threads = threads
    changes = Slots(RequestLimits.changes, pace: pace)
    questions = Slots(RequestLimits.questions, pace: pace)
    counts = Slots(RequestLimits.counts, pace: pace, on: threads)
    directoryReads = Slots(RequestLimits.directoryReads, pace: pace)
    unverified = Slots(RequestLimits.unverified, pace: pace)
    self.open = Slots(RequestLimits.open, pace: pace)
    signIns = Slots(RequestLimits.signIns, pace: pace)
    exports = Slots(RequestLimits.exports, pace: pace)
    exportPieces = Slots(RequestLimits.exportPieces, pace: pace, on: threads)
    bodies = BodyMemory(capacity: RequestLimits.bodies, pace: pace)
  }

  /// Receives the body of an authenticated caller's request, waits for a slot, and calls `next` with the body.
  func admit(
    _ request: Request,
    of caller: Caller,
    from ipAddress: String?,
    next: (ByteBuffer?) async throws -> Response
  ) async throws -> Response {
    try await admit(request, SlotHolder(caller, from: ipAddress), to: slots(for: request, of: caller), next)
  }

  /// Receives the body of a request, waits for a slot, and calls `next` with the body.
  ///
  /// A client that sends `Expect: 100-continue` waits for an answer before it sends the body. So `next` is first called
  /// without a body. A route that refuses the request without its body then answers immediately. If the route needs the
  /// body, `next` throws ``BodyIsMissing``, the body is received, and `next` is called again. A route must therefore
  /// read the body before the route has any effect.
  private func admit(
    _ request: Request,
    _ holder: SlotHolder,
    to slots: Slots,
    _ next: (ByteBuffer?) async throws -> Response
  ) async throws -> Response {
    if request.headers[.expect] != nil, request.hasBody {
      do { return try await slots.use(holder) { try await next(nil) } } catch is BodyIsMissing {
        // The route needs the body, so the code below receives the body.
      }
    }
    return try await bodies.receive(request, for: holder) { body in
      try await slots.use(holder) { try await next(body) }
    }
  }

  /// Waits for a slot for a request to a route that needs no credential, and calls `next`.
  func admitOpen(from ipAddress: String?, next: () async throws -> Response) async throws -> Response {
    try await open.use(SlotHolder(ipAddress), next)
  }

  /// Receives the body of a sign-in request, waits for a slot, and calls `next` with the body.
  ///
  /// The answer to a failed sign-in is delayed if many earlier sign-ins from the same network failed.
  func admitSignIn(
    _ request: Request,
    from ipAddress: String?,
    next: (ByteBuffer?) async throws -> Response
  ) async throws -> Response {
    let holder = SlotHolder(ipAddress)
    let response = try await admit(request, holder, to: signIns, next)
    if response.status.code >= 400 { await pace.delay(holder) }
    return response
  }

  /// Takes a slot for an export, and returns an object that holds the slot until the object is released.
  ///
  /// The method throws `busy` if too many exports of the caller are in progress.
  func export(for caller: Caller, from ipAddress: String?) throws(ServiceError) -> ExportShare {
    let holder = SlotHolder(caller, from: ipAddress)
    guard exports.enterWithoutWaiting(holder) else { throw .busy("Too many of your exports are in progress.") }
    return ExportShare(exports: exports, pieces: exportPieces, threads: threads, holder: holder)
  }

  private func slots(for request: Request, of caller: Caller) -> Slots {
    guard case .roles = caller.credential else { return unverified }
    guard request.method == .get || request.method == .head else {
      // A caller who is allowed neither to make changes nor to administer can only query the history. Every other
      // request by this caller will be refused. So all requests by this caller use the slots for queries.
      return Policy.permits(caller, .change) || Policy.permits(caller, .administer) ? changes : questions
    }
    let segments = request.uri.path.split(separator: "/", maxSplits: 2)
    if segments.count > 1, segments[1].lowercased() == "identity" { return directoryReads }
    return request.isCount ? counts : questions
  }
}

/// The slots that an export uses while the exported file is sent.
///
/// The export holds one of the slots for exports until this object is released, even if the client never reads the
/// file. To read a piece from the ledger, the export also holds one of the slots for pieces. The export releases the
/// slot for pieces as soon as the piece was read. So a slow client does not block other clients.
final class ExportShare: Sendable {
  private let exports: Slots
  private let pieces: Slots
  private let threads: BackgroundThreads
  private let holder: SlotHolder

  fileprivate init(exports: Slots, pieces: Slots, threads: BackgroundThreads, holder: SlotHolder) {
    self.exports = exports
    self.pieces = pieces
    self.threads = threads
    self.holder = holder
  }

  deinit {
    exports.leave(holder)
  }

  /// Runs the work that writes an export on ``BackgroundThreads``.
  func write(_ work: @concurrent () async throws -> Void) async throws {
    try await threads.run(work)
  }

  /// Reads a piece of the export while the export holds one of the slots for pieces.
  func piece<Value>(_ read: () async throws(ServiceError) -> Value) async throws(ServiceError) -> Value {
    try await pieces.use(holder, read)
  }
}

/// A source of exported items that takes a slot for each piece that it reads.
struct SharedExport<Source: ExportSource>: ExportSource {
  var source: Source
  let share: ExportShare

  mutating func nextPiece() async throws(ServiceError) -> ExportPiece<Source.Item>? {
    var source = source
    let (piece, rest) = try await share.piece { () async throws(ServiceError) in
      (try await source.nextPiece(), source)
    }
    self.source = rest
    return piece
  }
}

extension Request {
  /// Whether the answer to a `GET` request contains the number of matching changes or events.
  fileprivate var isCount: Bool {
    if uri.path.asciiFolded == "/timeline/count" { return true }
    return (try? QueryOptions(self, allowing: QueryOptions.Name.allCases).flag(.count)) ?? false
  }
}
