import Foundation
import ReflogTesting
import Testing

@testable import ReflogStorage

/// Tests of the threads that run counts and exports.
struct LowPriorityThreadsTests {
  /// The priority of the calling thread.
  private struct Priority: Equatable, Sendable {
    let isLow = LowPriorityThreads.isCurrent
    /// The nice value of the thread: field 19 of the file that proc_pid_stat(5) describes.
    ///
    /// Field 2 is in parentheses and can contain spaces, so the fields behind it are counted.
    let niceness: Int

    init() throws {
      let status = try String(contentsOfFile: "/proc/thread-self/stat", encoding: .utf8)
      let fields = try #require(status.split(separator: ")").last).split(separator: " ")
      niceness = try #require(Int(fields[16]))
    }
  }

  @concurrent
  private static func priorityInAnotherFunction() async throws -> Priority { try Priority() }

  /// Returns the priority on one of Swift's threads.
  private static func normalPriority() async throws -> Priority {
    try await Task { try await priorityInAnotherFunction() }.value
  }

  @Test func workAndItsChildTasksRunWithLowPriority() async throws {
    let threads = LowPriorityThreads(count: 2)
    let normal = try await Self.normalPriority()

    let found = try await threads.run { () async throws -> [Priority] in
      async let child = Self.priorityInAnotherFunction()
      let function = try await Self.priorityInAnotherFunction()
      await Task.yield()
      return [try Priority(), function, try await child]
    }

    #expect(!normal.isLow)
    #expect(found.allSatisfy { $0.isLow && $0.niceness == min(normal.niceness + 10, 19) }, "\(found)")
    #expect(try await Self.normalPriority() == normal)
  }

  @Test func aReadOfAFileRunsOnTheSameThreadAsTheWork() async throws {
    try await withTemporaryFolder { folder in
      let storage = try Storage(path: folder + "/a.sqlite", kind: .ledger)
      let threads = LowPriorityThreads(count: 1)

      let found = try await threads.run { () async throws -> [Bool] in
        let thread = pthread_self()
        return try await storage.questionReader.read { _ in [LowPriorityThreads.isCurrent, pthread_self() == thread] }
      }
      let outside = try await Task { try await storage.questionReader.read { _ in LowPriorityThreads.isCurrent } }.value

      #expect(found == [true, true])
      #expect(outside == false)
      try storage.close()
    }
  }

  @Test func manyTasksShareFewThreads() async throws {
    let threads = LowPriorityThreads(count: 2)

    let found = await withTaskGroup(of: UInt.self) { group in
      for _ in 1...100 {
        group.addTask {
          await threads.run {
            await Task.yield()
            return UInt(pthread_self())
          }
        }
      }
      return await group.reduce(into: Set<UInt>()) { $0.insert($1) }
    }

    #expect((1...2).contains(found.count), "\(found)")
  }
}
