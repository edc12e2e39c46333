import ReflogModel
import ReflogWeb

/// The fields of the form that places a freeze.
struct FreezeForm {
  /// The freeze that the fields describe.
  let draft: Freeze.Draft

  /// Reads the fields, or throws an error if a field has a wrong value.
  ///
  /// - Parameters:
  ///   - form: The fields by name.
  ///   - now: The time from which a duration such as `8h` is measured.
  init(_ form: [String: String], now: Timestamp) throws(FormError) {
    let zone = try PageTimeZone(ofTimesIn: form)
    let scope = form["scope"] ?? ""
    guard let covered = FreezeScope(scope) else {
      throw FormError(
        description: "'\(scope)' is not a step, a flow or all. Give one such as b2cUserFlows/B2C_1_signup."
      )
    }
    let reason = form["reason"] ?? ""
    guard !reason.isBlank, reason.utf8.count <= Freeze.maximumReasonLength, !reason.hasReplacementCharacter else {
      throw FormError(
        description: "The reason must have 1 to \(Freeze.maximumReasonLength) bytes of UTF-8, without U+FFFD, the sign "
          + "for lost letters."
      )
    }
    draft = Freeze.Draft(
      scope: covered,
      reason: reason,
      from: try Self.time(form["from"], now) { PageTime.any($0, in: zone) },
      until: try Self.time(form["until"], now) { PageTime.end($0, in: zone) }
    )
  }

  /// Returns the time in a field, or nil if the field is empty.
  ///
  /// A duration such as `8h` means the current time plus this duration.
  private static func time(
    _ text: String?,
    _ now: Timestamp,
    _ read: (String) -> Timestamp?
  ) throws(FormError) -> Timestamp? {
    guard let text, !text.isEmpty else { return nil }
    guard let time = TimeText(now: now, offset: { _ in 0 }).moment(in: text) ?? read(text) else {
      throw FormError(description: "'\(text)' is not a valid time. Use 2026-12-24, 2026-12-24 14:00 or 8h.")
    }
    return time
  }
}
