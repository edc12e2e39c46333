import ReflogModel
import ReflogService
import Synchronization
import Testing

@testable import ReflogHTTP

/// Tests of the slots that callers share.
struct SlotsTests {
  private static let greedy = SlotHolder.caller(.token, "greedy")
  private static let other = SlotHolder.caller(.token, "other")

  /// Work that continues until the test ends it.
  private final class Work: Sendable {
    private let ends = AsyncStream.makeStream(of: Void.self)
    private let started = Mutex<[SlotHolder: Int]>([:])

    var starts: [SlotHolder: Int] { started.withLock { $0 } }

    func run(_ holder: SlotHolder) async {
      started.withLock { $0[holder, default: 0] += 1 }
      var iterator = ends.stream.makeAsyncIterator()
      _ = await iterator.next()
    }

    func end() { ends.continuation.finish() }
  }

  /// The callers in the order in which they got a slot.
  private final class Order: Sendable {
    let holders = Mutex<[SlotHolder]>([])
  }

  @Test func aCallerHoldsAtMostAnEighthOfTheSlots() async throws {
    let slots = Slots(Slots.Limits(slots: 32, waiting: 1024, wait: .seconds(600)), pace: RefusalPace())
    let work = Work()
    try await withThrowingTaskGroup { group in
      for _ in 0..<100 { group.addTask { try await slots.use(Self.greedy) { await work.run(Self.greedy) } } }
      while work.starts[Self.greedy] != 4 { await Task.yield() }

      // The caller who fills the queue does not delay the other caller.
      try await slots.use(Self.other) {}

      #expect(work.starts == [Self.greedy: 4])
      work.end()
      try await group.waitForAll()
      #expect(work.starts == [Self.greedy: 100])
    }
  }

  @Test func theCallersGetFreeSlotsInRotation() async throws {
    let slots = Slots(Slots.Limits(slots: 1, waiting: 1024, wait: .seconds(600)), pace: RefusalPace())
    let order = Order()
    let work = Work()
    try await withThrowingTaskGroup { group in
      group.addTask { try await slots.use(.unknown) { await work.run(.unknown) } }
      while work.starts.isEmpty { await Task.yield() }
      for holder in [Self.greedy, Self.greedy, Self.greedy, Self.other] {
        let waiting = slots.waitingCount
        group.addTask { try await slots.use(holder) { order.holders.withLock { $0.append(holder) } } }
        while slots.waitingCount == waiting { await Task.yield() }
      }
      work.end()
      try await group.waitForAll()
    }

    #expect(order.holders.withLock { $0 } == [Self.greedy, Self.other, Self.greedy, Self.greedy])
  }

  @Test func aRequestThatCannotWaitIsRefused() async throws {
    let slots = Slots(Slots.Limits(slots: 8, waiting: 8), pace: RefusalPace())
    let work = Work()
    try await withThrowingTaskGroup { group in
      for _ in 0..<2 { group.addTask { try await slots.use(Self.greedy) { await work.run(Self.greedy) } } }
      while slots.waitingCount == 0 { await Task.yield() }

      await #expect(throws: ServiceError.self) { try await slots.use(Self.greedy) {} }

      work.end()
      try await group.waitForAll()
    }
  }

  @Test func aRequestThatWaitsTooLongIsRefusedAndACancelledRequestStopsWaiting() async throws {
    let limits = Slots.Limits(slots: 8, waiting: 1024, wait: .milliseconds(1))
    let slots = Slots(limits, pace: RefusalPace())
    let work = Work()
    try await withThrowingTaskGroup { group in
      group.addTask { try await slots.use(Self.greedy) { await work.run(Self.greedy) } }
      while work.starts.isEmpty { await Task.yield() }

      await #expect(throws: ServiceError.self) { try await slots.use(Self.greedy) {} }

      #expect(slots.waitingCount == 0)
      work.end()
      try await group.waitForAll()
      try await slots.use(Self.greedy) {}
    }
  }

  @Test func allAddressesInAnIPv6NetworkCountAsOneHolder() {
    #expect(SlotHolder("2001:db8::1") == SlotHolder("2001:db8::ffff:1"))
    #expect(SlotHolder("2001:db8::1") != SlotHolder("2001:db8:0:1::1"))
    #expect(SlotHolder("192.0.2.1") != SlotHolder("192.0.2.2"))
    #expect(SlotHolder("::ffff:192.0.2.1") == SlotHolder("192.0.2.1"))
    #expect(SlotHolder(nil) == SlotHolder("unknown"))
  }

  @Test func aRequestWithADirectoryTokenIsCountedForItsClientAddress() {
    let actor = Change.Actor(type: .user, id: "oid", proof: .graph)
    let unproven = Caller(actor: actor, credential: .directoryToken(DirectoryToken("a.b.c")))
    let proven = Caller(actor: actor, credential: .roles([.reader]))

    #expect(SlotHolder(unproven, from: "192.0.2.1") == SlotHolder("192.0.2.1"))
    #expect(SlotHolder(proven, from: "192.0.2.1") == .caller(.user, "oid"))
  }

  @Test func manyRefusalsForOneNetworkAreAnsweredAtAFixedPace() {
    let pace = RefusalPace()
    let now = ContinuousClock.now

    let delays = (0..<2000).map { _ in pace.delay(of: Self.greedy, at: now) }

    #expect(delays.prefix(200).allSatisfy { $0 == .zero })
    #expect(delays[300] > .milliseconds(490) && delays[300] < .milliseconds(510))
    #expect(delays.last.map { $0 <= .seconds(5) } == true)
    #expect(pace.delay(of: Self.other, at: now) == .zero)
    #expect(pace.delay(of: Self.greedy, at: now + .seconds(10)) == .zero)
  }

  private static func reader(_ id: String) -> Caller {
    Caller(actor: Change.Actor(type: .token, id: id, proof: .apiToken), credential: .roles([.reader]))
  }

  @Test func aCallerHoldsAtMostAnEighthOfTheSlotsForExports() throws {
    let admission = Admission()
    let (caller, other) = (Self.reader("first"), Self.reader("second"))
    var shares = try (0..<8).map { _ in try admission.export(for: caller, from: nil) }

    #expect(throws: ServiceError.self) { try admission.export(for: caller, from: nil) }
    _ = try admission.export(for: other, from: nil)
    // If an export ends, its slot is free again, even if no client has read the export.
    shares.removeLast()
    shares.append(try admission.export(for: caller, from: nil))
    #expect(shares.count == 8)
  }
}
