/// The reason why the webhooks can't be used.
package enum WebhookError: Error, Sendable, CustomStringConvertible {
  /// A file can't be read.
  ///
  /// `problem` is the reason, as a clause without a full stop.
  case unreadable(path: String, problem: String)
  /// The file is not a JSON array of objects.
  case notReceivers(path: String)
  /// The file has too many receivers.
  case tooMany(path: String, most: Int)
  /// An object has no valid name.
  case name(path: String, number: Int)
  /// Two objects have the same name.
  case repeatedName(path: String, String)
  /// A receiver has a member that Reflog does not know.
  case unknownMember(receiver: String, String, known: String)
  /// A member of a receiver is not valid.
  ///
  /// `problem` is the problem and the remedy, as sentences.
  case member(receiver: String, String, problem: String)
  /// The file with the cursors can't be used.
  ///
  /// `problem` is the reason, as a clause without a full stop.
  case cursors(path: String, problem: String)
  /// The file with the cursors can't be written.
  ///
  /// `problem` is the reason, as a clause or as sentences.
  case cursorsNotSaved(path: String, problem: String)

  /// The message for the administrator: what is wrong, and what to do.
  package var description: String {
    switch self {
    case .unreadable(let path, let problem): "The file of webhooks \(path) can't be read: \(problem)."
    case .notReceivers(let path): "The file of webhooks \(path) must contain one JSON array of objects."
    case .tooMany(let path, let most): "The file of webhooks \(path) has more than \(most) receivers."
    case .name(let path, let number):
      "Receiver \(number) in \(path) needs a name: 1 to 64 letters, digits, hyphens or underscores."
    case .repeatedName(let path, let name): "\(path) has two receivers with the name \(name). Rename one of them."
    case .unknownMember(let receiver, let member, let known):
      "The webhook \(receiver) has the member \(member), which Reflog does not know. The known members are \(known)."
    case .member(let receiver, let member, let problem): "The webhook \(receiver) has no valid \(member). \(problem)"
    case .cursors(let path, let problem):
      "The file of webhooks' cursors \(path) can't be used: \(problem). Restore it. If you remove it, each receiver "
        + "begins with the next entry."
    case .cursorsNotSaved(let path, let problem):
      "The cursors of the webhooks can't be saved in \(path): \(problem)\(problem.hasSuffix(".") ? "" : ".")"
    }
  }
}
