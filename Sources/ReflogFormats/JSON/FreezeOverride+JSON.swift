import ReflogModel

extension FreezeOverride {
  /// The member of a change that shows the override of a freeze.
  ///
  /// The member is null if no freeze covered the change.
  static let member = JSONMember<Change>(
    OverrideField.member,
    schema: ["type": "object", "nullable": .bool(true)]
  ) { $0.override.map { .object($0.json) } ?? .null }

  private var json: JSONObject {
    let freezes: JSONObject = ["freezes": .array(freezes.map { .string(String($0)) })]
    return JSONObject(self, Self.members) + freezes + JSONObject(self, [Erased.member { $0.erased }])
  }

  private static let members = OverrideField.allCases.map { field in
    JSONMember<FreezeOverride>(field) { Optional($0)[field] }
  }

  /// The columns in CSV that show the override of a freeze.
  ///
  /// The cells are empty if no freeze covered the change. The last two columns identify the erasure of the reason.
  static let columns: [CSVColumn<Change>] =
    [CSVColumn("overrideEventId") { $0.override[.eventId] }, CSVColumn("overrideReason") { $0.override[.reason] }]
    + Erased.columns("overrideErased") { $0.override?.erased }
}
