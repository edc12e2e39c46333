/// One attempt to set the reference at one address, or to write a connector, and its result.
///
/// It is immutable. It is a class so that passing it on does not copy its two dozen texts.
package final class Change: Identifiable, Sendable {
  package let id: ID
  /// The sequence of its newest entry in the ledger.
  package let sequence: Int64
  /// The sequence of its first entry.
  ///
  /// It is the same as `sequence` if the change is pending, or was settled in its first entry.
  package let intentSequence: Int64
  package let tenantID: String
  /// When the intent was recorded.
  package let activityDateTime: Timestamp
  package let intent: Intent
  /// Its result, or nil if it is pending.
  package let outcome: Outcome?
  /// When the outcome was recorded, or nil if the change is pending.
  package let resultDateTime: Timestamp?

  /// Creates a change.
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

  /// The result of the change.
  package var result: Result { outcome?.result ?? .pending }

  /// The reference after the change; for the creation of a connector, the connector that the directory created.
  package var after: ConnectorReference { outcome?.created ?? intent.after }

  /// Whether the change was applied and its before and after differ.
  package var isEffective: Bool { result == .applied && intent.before != after }
}

extension Change {
  /// The number of a change: 1, 2, 3 …, never used again.
  package struct ID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let number: Int64

    /// Creates the id with this number.
    package init(_ number: Int64) {
      self.number = number
    }

    /// Reads a positive decimal number without sign or leading zeros.
    ///
    /// Returns nil for any other text.
    package init?(_ text: some StringProtocol) {
      guard text.utf8.first != UInt8(ascii: "0"), text.utf8.allSatisfy(\.isASCIIDigit), let number = Int64(text)
      else { return nil }
      self.number = number
    }

    package var description: String { String(number) }

    /// Returns whether an id is lower than another one.
    package static func < (left: ID, right: ID) -> Bool { left.number < right.number }
  }

  /// What a change writes.
  package enum Subject: Hashable, Sendable {
    /// The reference at an address.
    case step(Address)
    /// A connector: the one in `before`, or, if it is created, the one in `after`.
    case connector

    /// The address, or nil if the subject is a connector.
    package var address: Address? {
      switch self {
      case .step(let address): address
      case .connector: nil
      }
    }

    /// The subject's name in SQL, JSON and CSV.
    package var word: String {
      switch self {
      case .step: "step"
      case .connector: "connector"
      }
    }
  }

  /// Why a change exists.
  package enum Kind: String, Sendable, CaseIterable {
    /// A caller requested it.
    case update
    /// It restores the reference from before an earlier change, or from a time.
    case rollback
    /// It was found: it was made without Reflog.
    case drift
    /// It was found at an address of which the ledger knew nothing.
    case baseline
  }

  /// The result of a change.
  package enum Result: String, Sendable, CaseIterable {
    /// It is recorded, and its result is not known yet.
    case pending
    /// The directory applied it.
    case applied
    /// The directory refused it.
    case rejected
    /// The caller's role does not permit it.
    case denied
    /// It did not reach the directory, or the directory shows no effect of it.
    case notApplied
    /// A read after it showed neither its before nor its after.
    case superseded
    /// No read can show its effect on a connector.
    case unknown
  }
}
