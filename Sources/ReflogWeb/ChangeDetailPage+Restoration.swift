package import ReflogModel

extension ChangeDetailPage {
  /// The values that a connector had before an edit, as a request that sets them again.
  package struct Restoration: Sendable {
    /// The recorded values before the edit.
    let values: [Value]
    /// The request as a command for a shell, or nil if no value is recorded.
    let command: String?
    /// The names of the properties whose values are not recorded, or nil if all values are recorded.
    let unknown: String?
    /// True if a part of the target URL is not recorded.
    let isURLMasked: Bool
    /// The edits of the connector after this edit, oldest first. If there are many, only the newest ones are shown.
    let later: [Later]
    let hasLater: Bool
    /// The id of the newest later edit, or nil if there are no later edits.
    let newest: String?
    /// True if the page has a form that sends the request.
    let hasForm: Bool
    /// The sentence that explains why the page has no form, or nil if the page has a form.
    let refusal: String?
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

    /// A property and its value before the edit.
    struct Value: Sendable {
      let name: String
      let value: String
    }

    /// A later edit of the connector.
    struct Later: Sendable {
      let id: String
      let isFirst: Bool
    }

    /// The maximum number of later edits that are shown.
    private static let mostLater = 3

    /// Creates the view.
    ///
    /// - Parameters:
    ///   - restoration: the values before the edit.
    ///   - change: the id of the edit.
    ///   - later: the later edits of the connector, or nil if there are none.
    ///   - server: the URL of this server.
    ///   - canEdit: true if the viewer may edit connectors and Reflog has its own credential for Microsoft Graph.
    ///   - needsOperator: true if the viewer may not edit connectors.
    ///   - form: what the viewer has already typed, and the reason why the request was refused.
    package init(
      _ restoration: ConnectorRestoration,
      of change: Change.ID,
      later: ConnectorEdits?,
      server: String,
      canEdit: Bool,
      needsOperator: Bool = false,
      form: Form = .empty
    ) {
      self.form = form
      values = restoration.body.members.map { Value(name: $0.name, value: $0.value.string ?? "") }
      let word = "'\(server.replacing("'", with: "%27"))'"
      command = restoration.command(server: word, change: change.description)
      unknown = restoration.unknown.isEmpty ? nil : restoration.unknown.joined(separator: ", ").shortened(to: 300)
      isURLMasked = restoration.isURLMasked
      self.later = (later?.changes ?? []).suffix(Self.mostLater).enumerated().map { index, edit in
        Later(id: edit.id.description, isFirst: index == 0)
      }
      hasLater = later != nil
      newest = later?.changes.last?.id.description
      refusal =
        if later != nil {
          "The connector was edited later, so this page does not restore the values before this edit."
        } else if !restoration.isComplete {
          "Not all values before this edit are recorded, so this page does not restore them."
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
