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

struct KeyedLockTests {
  private let key = LockKey.address(Sample.signup)

  @Test func oneKeyIsWorkedOnByOneAtATime() async throws {
    let locks = KeyedLock.patient
    let (room, key) = (Room(), key)

    try await withThrowingTaskGroup { group in
      for _ in 0..<100 {
        group.addTask {
          let lock = try await locks.take([key])
          await room.enter()
          await Task.yield()
          await room.leave()
          lock.end()
        }
      }
      try await group.waitForAll()
    }

    #expect(await room.most == 1)
    #expect(locks.takeWithoutWaiting(key) != nil)
  }

  @Test func otherKeysDoNotWait() async throws {
    let locks = KeyedLock()
    let lock = try await locks.take([key])
    defer { lock.end() }

    #expect(locks.takeWithoutWaiting(key) == nil)
    #expect(locks.takeWithoutWaiting(.address(Sample.attributes)) != nil)
  }

  @Test func theWaitIsBounded() async throws {
    let locks = KeyedLock(limits: .init(perKey: 10, total: 10, wait: .milliseconds(20)))
    let lock = try await locks.take([key])

    await #expect(throws: ServiceError.self) { _ = try await locks.take([key]) }

    lock.end()
    #expect(locks.takeWithoutWaiting(key) != nil)
  }

  @Test func theQueueIsBounded() async throws {
    let locks = KeyedLock(limits: .init(perKey: 0, total: 10, wait: .seconds(60)))
    let lock = try await locks.take([key])
    defer { lock.end() }

    await #expect(throws: ServiceError.self) { _ = try await locks.take([key]) }
  }

  @Test func whoeverIsCancelledLeavesTheQueue() async throws {
    let locks = KeyedLock(limits: .init(perKey: 10, total: 10, wait: .seconds(60)))
    let lock = try await locks.take([key])
    let waiter = Task { [key] in _ = try await locks.take([key]) }

    waiter.cancel()

    await #expect(throws: ServiceError.self) { try await waiter.value }
    lock.end()
    #expect(locks.takeWithoutWaiting(key) != nil)
  }

  @Test func whoTakesSeveralKeysInAnyOrderNeverDeadlocks() async throws {
    let locks = KeyedLock.patient
    let keys = [key, .address(Sample.attributes)]

    try await withThrowingTaskGroup { group in
      for number in 0..<50 {
        group.addTask {
          let lock = try await locks.take(number.isMultiple(of: 2) ? keys : keys.reversed())
          await Task.yield()
          lock.end()
        }
      }
      try await group.waitForAll()
    }
  }
}
