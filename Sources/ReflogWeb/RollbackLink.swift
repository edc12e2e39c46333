import ReflogModel

/// A link to an applied rollback.
///
/// The links are parts of one sentence, such as "rolled back by change 7, which was rolled back by change 9".
struct RollbackLink: Sendable {
  let id: String
  /// False if the rollback rolled back the previous rollback in the sentence.
  let isFirst: Bool

  /// Returns the links for a change; the list is empty if the change was not rolled back.
  static func all(_ context: ChangeInContext) -> [RollbackLink] {
    context.rolledBackBy.enumerated().map { RollbackLink(id: $1.description, isFirst: $0 == 0) }
  }
}
