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
    guard let covered = FreezeScope(abbreviated: scope) else {
      throw FormError(
        "'\(scope)' is not a step, a flow or all. Give one such as B2C_1_signup/postFederationSignup, B2C_1_signup "
          + "or all."
      )
    }
    let reason = form["reason"] ?? ""
    guard !reason.isBlank, reason.utf8.count <= Freeze.maximumReasonLength, !reason.hasReplacementCharacter else {
      throw FormError(
        "The reason must have 1 to \(Freeze.maximumReasonLength) bytes of UTF-8, and not only spaces. It must "
          + "not contain the replacement character (U+FFFD), which stands for characters that could not be read."
      )
    }
    let times = PageTime(in: zone, now: now)
    // The form contains empty fields too.
    let (from, until) = (form["from"] ?? "", form["until"] ?? "")
    draft = Freeze.Draft(
      scope: covered,
      reason: reason,
      from: from.isEmpty ? nil : try times.future(from, in: "from").start,
      until: until.isEmpty ? nil : try times.future(until, in: "until").end
    )
  }
}
