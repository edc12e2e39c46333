package import ReflogModel

/// The page that lists the planned freezes and the freezes in force, and has a form that places a freeze.
package struct FreezesPage: Sendable {
  let freezes: [FreezeView]
  /// Whether the viewer may place and release freezes.
  let canFreeze: Bool
  let form: Form

  /// The fields of the form that places a freeze, filled in with the texts that the viewer typed.
  package struct Form: Sendable {
    let scope: String
    /// Whether the viewer typed the scope that covers all steps and all connectors.
    let isEverything: Bool
    let from: TimeField
    let until: TimeField
    let reason: String
    /// The reason why the freeze was not placed.
    ///
    /// The value is nil if the form was not sent, or if one of the fields for the times shows the reason.
    let problem: String?

    /// Examples of a time in the future.
    private static let placeholder = "2026-12-24 14:00 or 8h"

    /// Fills in the form.
    ///
    /// - Parameters:
    ///   - values: the values by field name; a field without a value is empty.
    ///   - problem: the reason why the freeze was not placed, or nil if the form was not sent.
    package init(_ values: [String: String] = [:], problem: FormError? = nil) {
      scope = values["scope"] ?? ""
      isEverything = FreezeScope(abbreviated: scope) == .everything
      from = TimeField("from", values["from"], placeholder: Self.placeholder, problem: problem)
      until = TimeField("until", values["until"], placeholder: Self.placeholder, problem: problem)
      reason = values["reason"] ?? ""
      self.problem = problem?.message(except: from, until)
    }
  }

  /// Creates the page.
  ///
  /// - Parameters:
  ///   - freezes: the freezes that are planned or in force.
  ///   - warnings: the warnings about scopes that are possibly misspelt.
  ///   - now: the current time.
  ///   - canFreeze: whether the viewer may place and release freezes.
  ///   - form: the fields of the form that places a freeze.
  package init(
    _ freezes: [Freeze],
    warnings: [FreezeScope: String] = [:],
    now: Timestamp,
    canFreeze: Bool,
    form: Form = Form()
  ) {
    self.freezes = freezes.reversed().map { FreezeView($0, now: now, warning: warnings[$0.scope]) }
    self.canFreeze = canFreeze
    self.form = form
  }

  /// Returns the page as HTML.
  package func render(in frame: PageFrame) -> String {
    WebPages.render(FramedPage(title: "Freezes", frame: frame, in: .freezes, page: self), "freezes")
  }
}
