/// Repeats the reads of new changes, for the commands that run until a person stops them.
enum Repetition {
  /// The time between two reads.
  private static let interval = Duration.seconds(1)
  /// The maximum time between two attempts to read from a server that can't be reached.
  private static let longestPause = Duration.seconds(60)

  /// Calls `body` until the task is cancelled or `body` throws an error.
  ///
  /// If a later attempt can succeed, for example because a server can't be reached, `body` is called again after a
  /// pause. The pause doubles with each failed attempt.
  static func run(_ body: () async throws -> Void) async throws {
    var pause = interval
    while true {
      do {
        try await body()
        pause = interval
      } catch let failure as CommandFailure where failure.exitCode == .tryAgain {
        Terminal.say("\(failure.message) Next attempt in \(pause).")
        pause = min(pause * 2, longestPause)
      }
      try await Task.sleep(for: pause)
    }
  }
}
