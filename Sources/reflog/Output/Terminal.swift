import Foundation
import ReflogFormats
import ReflogModel

/// The output of the command line: messages on stderr, data on stdout.
///
/// Only this type writes to the two streams, so that characters that could control a terminal are always replaced.
enum Terminal {
  /// The maximum number of Unicode scalars in a message.
  private static let longestMessage = 8192

  /// Writes a message to stderr, on one line.
  static func say(_ text: String) {
    // An error is ignored, because there is no other output that could show the error.
    _ = write(Data((text.limited(to: longestMessage).printable + "\n").utf8), to: STDERR_FILENO)
  }

  /// Returns a number with its noun, for example `1 change` or `2,588 changes`.
  static func count(_ number: Int64, _ noun: String) -> String { "\(number.grouped) \(noun)\(number == 1 ? "" : "s")" }

  /// Replaces the last line on stderr with a message.
  ///
  /// - Parameters:
  ///   - text: the message.
  ///   - isLast: true to end the line, because no other message replaces this message.
  static func overwrite(_ text: String, isLast: Bool = false) {
    // An error is ignored, because there is no other output that could show the error.
    _ = write(Data(("\r" + text.printable + (isLast ? "\n" : "")).utf8), to: STDERR_FILENO)
  }

  /// True if stderr is a terminal.
  static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// Writes a table to stdout.
  ///
  /// On a terminal, long cells are cut and the least useful columns are left out, so that each line fits. If `isWide`
  /// is true, the table is complete.
  static func show(_ table: Table, isWide: Bool = false) throws {
    let columns = isWide ? nil : columns
    let (fitted, leftOut) = table.fitted(columns: columns)
    try write(fitted.text(columns: columns))
    if !leftOut.isEmpty {
      say("Left out, because the terminal is too narrow: \(leftOut.joined(separator: ", ")). To show all, use --wide.")
    }
  }

  /// Writes lines to stdout.
  static func lines(_ lines: [String]) throws {
    try write(lines.map { $0.printable + "\n" }.joined())
  }

  /// Writes data to stdout, byte for byte.
  ///
  /// On a terminal, characters that could control the terminal are replaced. If a character is split between two pieces
  /// of data, a terminal shows that character as U+FFFD.
  static func data(_ bytes: Data) throws {
    guard isatty(STDOUT_FILENO) == 1 else { return try write(bytes) }
    try write(String(decoding: bytes, as: UTF8.self).printableLines)
  }

  /// Writes text to stdout.
  ///
  /// On a terminal, characters that could control the terminal are replaced.
  static func data(_ text: String) throws {
    try data(Data(text.utf8))
  }

  /// Shows the messages of the argument parser: help on stdout, and an error on stderr.
  ///
  /// - Parameters:
  ///   - text: the message, with line breaks.
  ///   - isError: true for an error.
  static func showParserMessage(_ text: String, isError: Bool) throws {
    guard !text.isEmpty else { return }
    let bytes = Data((text.printableLines + "\n").utf8)
    // An error on stderr is ignored, because there is no other output that could show the error.
    if isError { _ = write(bytes, to: STDERR_FILENO) } else { try write(bytes) }
  }

  /// Opens `/dev/null` for each standard stream that is closed.
  ///
  /// Otherwise, the next opened file or socket would get the number of the closed stream, and messages would be written
  /// into that file. `/dev/null` is opened for reading, so a write to a closed stream still fails.
  static func reserveStandardStreams() {
    while true {
      let descriptor = open("/dev/null", O_RDONLY)
      guard (0...STDERR_FILENO).contains(descriptor) else {
        if descriptor >= 0 { close(descriptor) }
        return
      }
    }
  }

  /// The number of columns of the terminal, or nil if stdout is not a terminal.
  private static var columns: Int? {
    var size = winsize()
    guard isatty(STDOUT_FILENO) == 1, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return nil
    }
    return Int(size.ws_col)
  }

  private static func write(_ text: String) throws {
    try write(Data(text.utf8))
  }

  private static func write(_ bytes: Data) throws {
    let error = write(bytes, to: STDOUT_FILENO)
    guard error != EPIPE else {
      // The program that reads the output, for example `head`, has ended. So this program must end without a message,
      // as other programs do. The network library ignores SIGPIPE, so this code first switches the signal on again.
      signal(SIGPIPE, SIG_DFL)
      raise(SIGPIPE)
      return
    }
    guard error == 0 else {
      throw CommandFailure(.refused, "The output can't be written: \(String(cString: strerror(error))).")
    }
  }

  /// Writes all bytes, and returns 0 or the number of the system error.
  private static func write(_ bytes: Data, to descriptor: Int32) -> Int32 {
    bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty {
        let count = Foundation.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count >= 0 {
          rest = rest.dropFirst(count)
        } else if errno == EAGAIN {
          // The stream is in non-blocking mode, so wait until the stream accepts more bytes.
          var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          poll(&request, 1, -1)
        } else if errno != EINTR {
          return errno
        }
      }
      return 0
    }
  }
}
