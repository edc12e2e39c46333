import ReflogModel
import ReflogService
import ReflogTesting
import Testing

/// Counts the tasks that hold a lock: the current number and the highest number so far.
private actor HolderCount {
  private var current = 0
  private(set) var most = 0

  func add() {
    current += 1
    most = max(most, current)
  }

  func remove() { current -= 1 }
}

struct KeyedLockTests {
  private let key = LockKey.address(Sample.signup)

  @Test func aKeyIsHeldByOneRequestAtATime() async throws {
    let locks = KeyedLock.patient
    let (holders, key) = (HolderCount(), key)

    try await withThrowingTaskGroup { group in
      for _ in 0..<100 {
        group.addTask {
          let lock = try await locks.take([key])
          await holders.add()
          await Task.yield()
          await holders.remove()
          lock.end()
        }
      }
      try await group.waitForAll()
    }

    #expect(await holders.most == 1)
    #expect(locks.takeWithoutWaiting(key) != nil)
  }

  @Test func aRequestDoesNotWaitForALockWithAnotherKey() async throws {
    let locks = KeyedLock()
    let lock = try await locks.take([key])
    defer { lock.end() }

    #expect(locks.takeWithoutWaiting(key) == nil)
    #expect(locks.takeWithoutWaiting(.address(Sample.attributes)) != nil)
  }

  @Test func theWaitForALockIsLimited() async throws {
    let locks = KeyedLock(limits: .init(perKey: 10, total: 10, wait: .milliseconds(20)))
    let lock = try await locks.take([key])

    await #expect(throws: ServiceError.self) { _ = try await locks.take([key]) }

    lock.end()
    #expect(locks.takeWithoutWaiting(key) != nil)
  }

  @Test func theQueueForALockIsLimited() async throws {
    let locks = KeyedLock(limits: .init(perKey: 0, total: 10, wait: .seconds(60)))
    let lock = try await locks.take([key])
    defer { lock.end() }

    await #expect(throws: ServiceError.self) { _ = try await locks.take([key]) }
  }

  @Test func aCancelledRequestLeavesTheQueue() async throws {
    let locks = KeyedLock(limits: .init(perKey: 10, total: 10, wait: .seconds(60)))
    let lock = try await locks.take([key])
    let waiter = Task { [key] in _ = try await locks.take([key]) }

    waiter.cancel()

    await #expect(throws: ServiceError.self) { try await waiter.value }
    lock.end()
    #expect(locks.takeWithoutWaiting(key) != nil)
  }

  @Test func requestsForSeveralKeysInAnyOrderNeverDeadlock() async throws {
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
