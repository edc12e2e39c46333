/// An entry of the log that people can be told about: a settled change, or a service event.
///
/// The entry of an intent is not settled, because the result of the change is not known yet.
package enum SettledEntry: Sendable {
  /// A change, at the entry that contains its result.
  case change(Change)
  /// A service event.
  case event(ServiceEvent)
  /// An entry whose change or event does not match the log, so the content can't be shown.
  ///
  /// `problem` is the result of the check, as one or more sentences.
  case altered(sequence: Int64, problem: String)

  /// The sequence of the entry.
  package var sequence: Int64 {
    switch self {
    case .change(let change): change.sequence
    case .event(let event): event.sequence
    case .altered(let sequence, _): sequence
    }
  }
}
