/// One attempt to set the reference at one address, or to write a connector, and all that became of it.
///
/// A class, so that passing it on costs no copy of its two dozen texts; it never changes.
package final class Change: Identifiable, Sendable {
  package let id: ID
  /// The number of the newest ledger entry about this change.
  package let sequence: Int64
  /// The number of its first one; the same where it was born settled, or is pending.
  package let intentSequence: Int64
  package let tenantID: String
  /// When the intent was recorded.
  package let activityDateTime: Timestamp
  package let intent: Intent
  /// What became of it, or nothing while the change is pending.
  package let outcome: Outcome?
  /// When the outcome was recorded.
  package let resultDateTime: Timestamp?

  package init(
    id: ID,
    sequence: Int64,
    intentSequence: Int64? = nil,
    tenantID: String,
    activityDateTime: Timestamp,
    intent: Intent,
    outcome: Outcome?,
    resultDateTime: Timestamp?
  ) {
    self.id = id
    self.sequence = sequence
    self.intentSequence = intentSequence ?? sequence
    self.tenantID = tenantID
    self.activityDateTime = activityDateTime
    self.intent = intent
    self.outcome = outcome
    self.resultDateTime = resultDateTime
  }

  package var result: Result { outcome?.result ?? .pending }

  /// What stands after the change: for the creation of a connector, the one that the directory made.
  package var after: ConnectorReference { outcome?.created ?? intent.after }

  /// Whether the change took place and made a difference.
  package var isEffective: Bool { result == .applied && intent.before != after }
}

extension Change {
  /// The number of a change: 1, 2, 3 …, never used again.
  package struct ID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let number: Int64

    package init(_ number: Int64) {
      self.number = number
    }

    /// Reads a positive decimal number without sign or leading zeros.
    package init?(_ text: some StringProtocol) {
      guard text.utf8.first != UInt8(ascii: "0"), text.utf8.allSatisfy(\.isASCIIDigit), let number = Int64(text)
      else { return nil }
      self.number = number
    }

    package var description: String { String(number) }

    package static func < (left: ID, right: ID) -> Bool { left.number < right.number }
  }

  /// What a change is about.
  package enum Subject: Hashable, Sendable {
    /// The reference at an address.
    case step(Address)
    /// A connector itself: the one in `before`, or in `after` where it is created.
    case connector

    package var address: Address? {
      switch self {
      case .step(let address): address
      case .connector: nil
      }
    }

    /// The word in SQL, JSON and CSV.
    package var word: String {
      switch self {
      case .step: "step"
      case .connector: "connector"
      }
    }
  }

  /// Why a change exists.
  package enum Kind: String, Sendable, CaseIterable {
    /// Somebody asked for it.
    case update
    /// It replays the reference that stood before an earlier change.
    case rollback
    /// It was found: somebody went round Reflog.
    case drift
    /// It was found where Reflog had seen nothing yet.
    case baseline
  }

  /// What became of a change.
  package enum Result: String, Sendable, CaseIterable {
    /// Recorded, and not settled yet.
    case pending
    /// The directory did it.
    case applied
    /// The directory refused it.
    case rejected
    /// The caller was not allowed to ask.
    case denied
    /// It never reached the directory, or left no trace there.
    case notApplied
    /// Something else stood there when its effect was looked for.
    case superseded
    /// Its effect on a connector can't be read back.
    case unknown
  }
}
