/// An entry of the log that people can be told about: a settled change, or a service event.
///
/// The entry of an intent is not settled, because the result of the change is not known yet.
package enum SettledEntry: Sendable {
  /// A change whose result is known.
  ///
  /// Its ``sequence`` is the sequence of the entry that contains the result.
  case change(Change)
  /// A service event.
  case event(ServiceEvent)
  /// An entry whose change or service event does not match the log. The content of the entry can't be shown.
  ///
  /// `problem` describes the difference in one or more sentences.
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
