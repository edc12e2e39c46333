import ReflogModel
import ReflogService
import ReflogTesting
import Testing

/// Counts who is inside, and the most there ever were.
private actor Room {
  private var now = 0
  private(set) var most = 0

  func enter() {
    now += 1
    most = max(most, now)
  }

  func leave() { now -= 1 }
}

struct TurnsTests {
  private let key = TurnKey.address(Sample.signup)

  @Test func oneKeyIsWorkedOnByOneAtATime() async throws {
    let turns = Turns.patient
    let (room, key) = (Room(), key)

    try await withThrowingTaskGroup { group in
      for _ in 0..<100 {
        group.addTask {
          let turn = try await turns.take([key])
          await room.enter()
          await Task.yield()
          await room.leave()
          turn.end()
        }
      }
      try await group.waitForAll()
    }

    #expect(await room.most == 1)
    #expect(turns.takeWithoutWaiting(key) != nil)
  }

  @Test func otherKeysDoNotWait() async throws {
    let turns = Turns()
    let turn = try await turns.take([key])
    defer { turn.end() }

    #expect(turns.takeWithoutWaiting(key) == nil)
    #expect(turns.takeWithoutWaiting(.address(Sample.attributes)) != nil)
  }

  @Test func theWaitIsBounded() async throws {
    let turns = Turns(limits: .init(perKey: 10, total: 10, wait: .milliseconds(20)))
    let turn = try await turns.take([key])

    await #expect(throws: ServiceError.self) { _ = try await turns.take([key]) }

    turn.end()
    #expect(turns.takeWithoutWaiting(key) != nil)
  }

  @Test func theQueueIsBounded() async throws {
    let turns = Turns(limits: .init(perKey: 0, total: 10, wait: .seconds(60)))
    let turn = try await turns.take([key])
    defer { turn.end() }

    await #expect(throws: ServiceError.self) { _ = try await turns.take([key]) }
  }

  @Test func whoeverIsCancelledLeavesTheQueue() async throws {
    let turns = Turns(limits: .init(perKey: 10, total: 10, wait: .seconds(60)))
    let turn = try await turns.take([key])
    let waiter = Task { [key] in _ = try await turns.take([key]) }

    waiter.cancel()

    await #expect(throws: ServiceError.self) { try await waiter.value }
    turn.end()
    #expect(turns.takeWithoutWaiting(key) != nil)
  }

  @Test func whoTakesSeveralKeysInAnyOrderNeverDeadlocks() async throws {
    let turns = Turns.patient
    let keys = [key, .address(Sample.attributes)]

    try await withThrowingTaskGroup { group in
      for number in 0..<50 {
        group.addTask {
          let turn = try await turns.take(number.isMultiple(of: 2) ? keys : keys.reversed())
          await Task.yield()
          turn.end()
        }
      }
      try await group.waitForAll()
    }
  }
}
