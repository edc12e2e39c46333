import HTTPTypes
import Hummingbird
import NIOCore
import ReflogFormats
import ReflogLedger
import ReflogModel
import ReflogStorage
import Synchronization
import Testing

@testable import ReflogHTTP
@testable import ReflogService

/// Tests that the requests of a caller get the right slots, and run on the right threads.
struct AdmissionTests {
  private static let changes = "/beta/auditLogs/connectorChanges"
  private static let signup = "/beta/identity/b2cUserFlows/x/apiConnectorConfiguration/y/$ref"

  private static func caller(_ role: Role) -> Caller {
    Caller(actor: Change.Actor(type: .token, id: "\(role)", proof: .apiToken), credential: .roles([role]))
  }

  private static func request(_ method: HTTPRequest.Method, _ path: String) -> Request {
    let head = HTTPRequest(method: method, scheme: "http", authority: "reflog", path: path)
    return Request(head: head, body: RequestBody(buffer: ByteBuffer()))
  }

  /// Each argument is a request, the caller's role, and whether the request runs on a background thread.
  @Test(arguments: [
    (HTTPRequest.Method.put, signup, Role.operator, false), (.get, signup, .reader, false),
    (.get, changes, .reader, false), (.get, changes + "?$count=false", .reader, false), (.get, "/flows", .admin, false),
    (.get, changes + "?$count=true", .operator, true), (.get, changes + "?$count=true", .reader, true),
    (.get, "/timeline/count", .operator, true),
  ])
  func onlyCountsRunOnBackgroundThreads(
    method: HTTPRequest.Method,
    path: String,
    role: Role,
    isBackground: Bool
  ) async throws {
    let found = Mutex<Bool?>(nil)

    _ = try await Admission().admit(Self.request(method, path), of: Self.caller(role), from: nil) { _ in
      found.withLock { $0 = BackgroundThreads.isCurrent }
      return Response(status: .ok)
    }

    #expect(found.withLock { $0 } == isBackground)
  }

  /// A count can take many seconds.
  @Test(arguments: [
    changes + "?$count=true", changes + "?$top=1&%24COUNT=True", "/beta/auditLogs/serviceEvents?count=true",
    "/timeline/count?result=denied", "/Timeline/Count",
  ])
  func aCountDoesNotDelayTheOtherQueriesOfTheSameCaller(path: String) async throws {
    let admission = Admission()
    let started = AsyncStream.makeStream(of: Void.self)
    let ended = AsyncStream.makeStream(of: Void.self)
    try await withThrowingTaskGroup { group in
      for _ in 0..<RequestLimits.questions.perHolder {
        group.addTask {
          _ = try await admission.admit(Self.request(.get, path), of: Self.caller(.reader), from: nil) { _ in
            started.continuation.yield()
            for await _ in ended.stream {}
            return Response(status: .ok)
          }
        }
      }
      var starts = started.stream.makeAsyncIterator()
      for _ in 0..<RequestLimits.questions.perHolder { await starts.next() }

      // If counts had no slots of their own, this request would wait until the count ends, and would be refused after
      // 20 seconds.
      let page = Self.request(.get, Self.changes + "?$count=false")
      let answer = try await admission.admit(page, of: Self.caller(.reader), from: nil) { _ in Response(status: .ok) }

      #expect(answer.status == .ok)
      ended.continuation.finish()
      try await group.waitForAll()
    }
  }

  /// A source of an export without changes. It records whether it is checked on a background thread.
  private struct Source: ExportSource {
    let isBackground: Observations
    var isOver = false

    mutating func nextPiece() async throws(ServiceError) -> ExportPiece<Change>? {
      isBackground.add(BackgroundThreads.isCurrent)
      defer { isOver = true }
      guard !isOver else { return nil }
      return ExportPiece { [isBackground] () throws(LedgerError) -> [Change] in
        isBackground.add(BackgroundThreads.isCurrent)
        return []
      }
    }
  }

  private final class Observations: Sendable {
    private let observed = Mutex<[Bool]>([])

    var all: [Bool] { observed.withLock { $0 } }

    func add(_ value: Bool) { observed.withLock { $0.append(value) } }
  }

  /// Receives the bytes of an export, and records whether the bytes are written on a background thread.
  private struct Receiver: ResponseBodyWriter {
    let isBackground: Observations

    mutating func write(_ buffer: ByteBuffer) async throws { isBackground.add(BackgroundThreads.isCurrent) }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
  }

  @Test func anExportIsReadCheckedAndWrittenOnBackgroundThreads() async throws {
    let share = try Admission().export(for: Self.caller(.reader), from: nil)
    let isBackground = Observations()
    let file = ExportedFile(Source(isBackground: isBackground), ExportLines<Change>.csv)
    let response = Response(.csv, file, of: share, named: DownloadName(["test"], taken: nil, ending: "csv"))

    try await response.body.write(Receiver(isBackground: isBackground))

    #expect(isBackground.all == [true, true, true, true])
  }
}
