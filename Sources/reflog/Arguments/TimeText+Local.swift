import ArgumentParser
import Foundation
import ReflogModel

extension TimeText {
  /// A reader that uses the clock and the time zone of this machine.
  static var local: TimeText {
    TimeText(now: Timestamp(Date())) { seconds in
      var (moment, local) = (time_t(seconds), tm())
      localtime_r(&moment, &local)
      return Int64(local.tm_gmtoff)
    }
  }

  /// Reads the value of an option that expects a time in the future.
  ///
  /// A duration such as `2h` means the time 2 hours from now.
  static func future(_ option: String, _ text: String) throws -> (start: Timestamp, end: Timestamp) {
    if let moment = local.moment(in: text) { return (moment, moment) }
    return try period(option, text)
  }

  /// Reads the value of an option, and throws an error for the argument parser if the value is not a time.
  static func period(_ option: String, _ text: String) throws -> (start: Timestamp, end: Timestamp) {
    do {
      return try local.period(text)
    } catch {
      throw ValidationError("\(option) \(text.printable) \(error).")
    }
  }
}
