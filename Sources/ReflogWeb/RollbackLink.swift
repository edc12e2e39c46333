import ReflogModel

/// A link to an applied rollback, as a part of the sentence that shows by which change a change was rolled back.
struct RollbackLink: Sendable {
  let id: String
  /// False if the rollback rolled back the previous rollback in the sentence.
  let isFirst: Bool

  /// Returns the links of a change, which are empty if the change was not rolled back.
  static func all(_ context: ChangeInContext) -> [RollbackLink] {
    context.rolledBackBy.enumerated().map { RollbackLink(id: $1.description, isFirst: $0 == 0) }
  }
}
