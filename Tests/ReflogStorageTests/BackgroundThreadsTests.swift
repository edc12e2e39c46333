import Foundation
import ReflogTesting
import Testing

@testable import ReflogStorage

/// Tests of the threads that run counts and exports.
struct BackgroundThreadsTests {
  /// The kind of the calling thread, and the thread's time slice.
  private struct Kind: Equatable, Sendable {
    let isBackground = BackgroundThreads.isCurrent
    /// The time slice in nanoseconds, or nil if the kernel does not show the time slices of threads.
    let slice: String?

    init() {
      let text = try? String(contentsOfFile: "/proc/thread-self/sched", encoding: .utf8)
      let line = text?.split(separator: "\n").first { $0.hasPrefix("se.slice ") }
      slice = line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
    }
  }

  @concurrent
  private static func kindInAnotherFunction() async -> Kind { Kind() }

  /// Returns the kind of a thread from the pool in which Swift runs tasks.
  private static func normalKind() async -> Kind { await Task { await kindInAnotherFunction() }.value }

  /// Returns the kind of a thread that the calling thread creates.
  private static func kindOfNewThread() async -> Kind {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread { continuation.resume(returning: Kind()) }
    }
  }

  @Test func workAndItsChildTasksRunInTheBackground() async {
    let threads = BackgroundThreads(count: 2)
    let normal = await Self.normalKind()

    let found = await threads.run { () async -> [Kind] in
      async let child = Self.kindInAnotherFunction()
      let function = await Self.kindInAnotherFunction()
      await Task.yield()
      return [Kind(), function, await child]
    }

    #expect(!normal.isBackground)
    #expect(found.allSatisfy { $0.isBackground && ($0.slice == nil || $0.slice == "10000000") }, "\(found)")
    #expect(await Self.normalKind() == normal)
  }

  /// Swift's pool can create a thread while a background thread resumes a task. That thread must run at normal speed.
  @Test func aThreadThatABackgroundThreadCreatesIsANormalThread() async {
    let threads = BackgroundThreads(count: 1)
    let normal = await Self.normalKind()

    let found = await threads.run { await Self.kindOfNewThread() }

    #expect(found == normal)
  }

  @Test func aReadOfAFileRunsOnTheSameThreadAsTheWork() async throws {
    try await withTemporaryFolder { folder in
      let storage = try Storage(path: folder + "/a.sqlite", kind: .ledger)
      let threads = BackgroundThreads(count: 1)

      let found = try await threads.run { () async throws -> [Bool] in
        let thread = pthread_self()
        return try await storage.questionReader.read { _ in [BackgroundThreads.isCurrent, pthread_self() == thread] }
      }
      let outside = try await Task { try await storage.questionReader.read { _ in BackgroundThreads.isCurrent } }.value

      #expect(found == [true, true])
      #expect(outside == false)
      try storage.close()
    }
  }

  @Test func manyTasksShareFewThreads() async throws {
    let threads = BackgroundThreads(count: 2)

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
