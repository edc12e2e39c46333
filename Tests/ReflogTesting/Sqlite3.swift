import Foundation

/// Runs the `sqlite3` program of Debian on a file, and returns the output of the program.
///
/// The output includes error messages. The program ends at the first error.
package func sqlite3(_ path: String, _ sql: String) throws -> String {
  try run("/usr/bin/sqlite3", ["-cmd", ".timeout 5000", path, sql], input: nil).output
}

/// Runs SQL statements with the `sqlite3` program of Debian, and returns the output of the program.
///
/// The output includes error messages. After an error, the program continues with the next statement.
package func sqlite3(_ path: String, script: [String]) throws -> String {
  let script = [".timeout 5000"] + script.map { $0 + ";" }
  return try run("/usr/bin/sqlite3", ["-batch", path], input: script.joined(separator: "\n")).output
}

/// Runs a program, and returns the exit code and the output. The output includes error messages.
func run(_ program: String, _ arguments: [String], input: String?) throws -> (output: String, code: Int32) {
  let process = Process()
  process.executableURL = URL(filePath: program)
  process.arguments = arguments
  let output = Pipe()
  process.standardOutput = output
  process.standardError = output
  if let input {
    let file = FileManager.default.temporaryDirectory.appending(path: "reflog-\(UUID().uuidString).sql")
    try Data(input.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    process.standardInput = try FileHandle(forReadingFrom: file)
    try process.run()
  } else {
    try process.run()
  }
  let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  return (text.trimmingCharacters(in: .whitespacesAndNewlines), process.terminationStatus)
}
