package import ReflogModel

extension ChangeDetailPage {
  /// The values that a connector had before an edit, and the request that sets them again.
  package struct Restoration: Sendable {
    /// The recorded values before the edit.
    let values: [Value]
    /// The request as a command for a shell, or nil if no value is recorded.
    let command: String?
    /// The names of the properties whose values are not recorded, or nil if all values are recorded.
    let unknown: String?
    /// True if a part of the target URL is not recorded.
    let isURLMasked: Bool
    /// The later edits of the same properties, oldest first. If there are many, only the newest ones are shown.
    let later: [Later]
    let hasLater: Bool
    /// The id of the newest later edit that wrote the same properties, or nil if there are no such edits.
    ///
    /// The form sends this id as `seen`.
    let newest: String?
    /// The steps that call the connector now, up to the maximum number.
    let callers: [Caller]
    /// The number of calling steps that are not shown, or nil if all are shown.
    let left: Int?
    /// Whether the form offers to freeze the steps that call the connector.
    let offersFreeze: Bool
    /// True if the page has a form that sends the request.
    let hasForm: Bool
    /// The sentence that explains why the page has no form, or nil if the page has a form.
    let refusal: String?
    /// The id of the change that restored the values from before the edit, or nil if there is no such change.
    let restorer: String?
    /// What the viewer has already typed, and the reason why the request was refused.
    let form: Form

    /// The texts in the form that sends the request.
    package struct Form: Sendable {
      let reason: String
      let override: String
      /// The reason why the request was refused, or nil if the form was not sent.
      let problem: String?

      /// The form before a person fills it in.
      package static let empty = Form(reason: "", override: "", problem: nil)

      /// Creates a form.
      ///
      /// - Parameters:
      ///   - reason: the reason for the change.
      ///   - override: the reason for the override of a freeze.
      ///   - problem: the reason why the request was refused, or nil if the form was not sent.
      package init(reason: String, override: String, problem: String?) {
        (self.reason, self.override, self.problem) = (reason, override, problem)
      }
    }

    /// A property, its value before the edit, and its newest recorded value.
    struct Value: Sendable {
      let name: String
      let value: String
      /// The newest recorded value, or nil if it is not recorded.
      let current: String?
    }

    /// A step that calls the connector now.
    struct Caller: Sendable {
      let step: String
      let flow: String
    }

    /// A later edit of the same properties.
    struct Later: Sendable {
      let id: String
      let isFirst: Bool
    }

    /// The maximum number of later edits that are shown.
    private static let mostLater = 3
    /// The maximum number of calling steps that are shown.
    private static let mostCallers = 5

    /// Creates the view.
    ///
    /// - Parameters:
    ///   - plan: the values before the edit, and the later edits.
    ///   - callers: the first steps that call the connector now, or no steps if the viewer may not freeze steps.
    ///   - callerCount: the number of all steps that call the connector now, or 0 if the viewer may not freeze steps.
    ///   - server: the URL of this server.
    ///   - canEdit: true if the viewer may edit connectors and Reflog has its own credential for Microsoft Graph.
    ///   - needsOperator: true if the viewer may not edit connectors.
    ///   - form: what the viewer has already typed, and the reason why the request was refused.
    package init(
      _ plan: RestorationPlan,
      callers: [Address] = [],
      callerCount: Int = 0,
      server: String,
      canEdit: Bool,
      needsOperator: Bool = false,
      form: Form = .empty
    ) {
      self.form = form
      values = plan.properties.map { Value(name: $0.name, value: $0.after ?? "", current: $0.before) }
      let restoration = plan.values
      let word = "'\(server.replacing("'", with: "%27"))'"
      command = restoration.command(server: word, change: plan.change.id.description)
      unknown = restoration.unknown.isEmpty ? nil : restoration.unknown.joined(separator: ", ").shortened(to: 300)
      isURLMasked = restoration.isURLMasked
      later = plan.supersededBy.prefix(Self.mostLater).reversed().enumerated().map { index, edit in
        Later(id: edit.id.description, isFirst: index == 0)
      }
      hasLater = !plan.supersededBy.isEmpty
      newest = plan.supersededBy.first?.id.description
      self.callers = callers.prefix(Self.mostCallers).map { Caller(step: $0.step.name, flow: $0.flow.text) }
      left = callerCount > Self.mostCallers ? callerCount - Self.mostCallers : nil
      offersFreeze = !callers.isEmpty
      restorer = restoration.isComplete ? plan.done?.id.description : nil
      refusal =
        if !restoration.isComplete {
          "Not all values before this edit are recorded, so this page does not restore them."
        } else if let done = plan.done {
          "Change \(done.id) set the values before this edit again."
        } else if needsOperator {
          "Only an operator can restore the values before this edit."
        } else if !canEdit {
          "Reflog has no credential for Microsoft Graph, so this page does not restore the values before this edit."
        } else {
          nil
        }
      hasForm = refusal == nil
    }
  }
}
