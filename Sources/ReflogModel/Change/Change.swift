/// One attempt to set the reference at an address or to write a connector, together with the result.
///
/// A change is immutable. The type is a class and not a structure, because a copy of a structure would copy about two
/// dozen texts.
package final class Change: Identifiable, Sendable {
  package let id: ID
  /// The sequence of the change's newest entry in the log.
  package let sequence: Int64
  /// The sequence of the change's first entry in the log.
  ///
  /// The value equals `sequence` if the change has only one entry. A change has only one entry if it is pending, or if
  /// its first entry already contains the outcome.
  package let intentSequence: Int64
  package let tenantID: String
  /// When the intent was recorded.
  package let activityDateTime: Timestamp
  package let intent: Intent
  /// The outcome of the change, or nil if the change is pending.
  package let outcome: Outcome?
  /// When the outcome was recorded, or nil if the change is pending.
  package let resultDateTime: Timestamp?
  /// The erasure that deleted the actor's personal data and the reason, or nil if no data was erased.
  ///
  /// The outcome has a separate value for the erasure of a person's statement.
  package let erased: Erased?
  /// The override with which an operator made the change in spite of a freeze, or nil if no freeze covered the change.
  package let override: FreezeOverride?

  /// Creates a change.
  package init(
    id: ID,
    sequence: Int64,
    intentSequence: Int64? = nil,
    tenantID: String,
    activityDateTime: Timestamp,
    intent: Intent,
    outcome: Outcome?,
    resultDateTime: Timestamp?,
    erased: Erased? = nil,
    override: FreezeOverride? = nil
  ) {
    self.id = id
    self.sequence = sequence
    self.intentSequence = intentSequence ?? sequence
    self.tenantID = tenantID
    self.activityDateTime = activityDateTime
    self.intent = intent
    self.outcome = outcome
    self.resultDateTime = resultDateTime
    self.erased = erased
    self.override = override
  }

  /// When the newest entry of the change was recorded: the outcome, or the intent if the change is pending.
  package var newestDateTime: Timestamp { resultDateTime ?? activityDateTime }

  /// The result of the change.
  package var result: Result { outcome?.result ?? .pending }

  /// The reference after the change.
  ///
  /// If the change created a connector, the value is a reference to the created connector.
  package var after: ConnectorReference { outcome?.created ?? intent.after }

  /// Whether the change was applied, and the references before and after the change differ.
  package var isEffective: Bool { result == .applied && intent.before != after }
}

extension Change {
  /// The number of a change: 1, 2, 3 …
  ///
  /// No number is used twice.
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

    /// The number in decimal.
    package var description: String { String(number) }

    /// Returns whether the number of the left id is lower than the number of the right id.
    package static func < (left: ID, right: ID) -> Bool { left.number < right.number }
  }

  /// The kind of object that a change writes.
  package enum Subject: Hashable, Sendable {
    /// The reference at an address.
    case step(Address)
    /// A connector.
    ///
    /// The intent's `before` refers to the connector. If the change creates the connector, `after` refers to the
    /// connector.
    case connector

    /// The address, or nil if the subject is a connector.
    package var address: Address? {
      switch self {
      case .step(let address): address
      case .connector: nil
      }
    }

    /// The word for the kind of object in SQL, JSON and CSV: `step` or `connector`.
    package var word: String {
      switch self {
      case .step: "step"
      case .connector: "connector"
      }
    }
  }

  /// The reason why a change exists.
  package enum Kind: String, Sendable, CaseIterable {
    /// A caller requested the change.
    case update
    /// The change restores an older reference.
    ///
    /// The older reference is the reference before an earlier change, or the reference at a requested time.
    case rollback
    /// The change was made without Reflog.
    ///
    /// A read of the directory found the change.
    case drift
    /// The change records the first reference that a read found at an address.
    ///
    /// Before this change, the ledger had no reference for the address.
    case baseline
  }

  /// The result of a change.
  package enum Result: String, Sendable, CaseIterable {
    /// The change is recorded, and its result is not known yet.
    case pending
    /// The directory applied the change.
    case applied
    /// The directory refused the change.
    case rejected
    /// A freeze or the role of the caller does not permit the change.
    case denied
    /// The write did not reach the directory, or the directory shows no effect of the write.
    case notApplied
    /// A later read showed a third reference.
    ///
    /// The third reference differs from the reference before the change and from the intended reference.
    case superseded
    /// The result is not known, because no read of the directory can show the effect of the change on a connector.
    case unknown
  }
}
