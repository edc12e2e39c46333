import ReflogFormats
import ReflogModel

/// The table of API tokens and their roles in an evidence pack.
///
/// The roles are read from service events.
///
/// The table does not contain people who sign in through Entra. Their roles are assigned in Entra, and no service event
/// records these roles.
struct RoleTable {
  /// A token and its role.
  struct Row: Sendable {
    let tokenID: String
    let name: String
    let role: String
    var created: Timestamp?
    /// The name of the actor that created the token. If the name was erased, the text is `[erased]` and the actor's id.
    var creator: String?
    let expires: Timestamp?
    var revoked: Timestamp?
    /// The name of the actor that revoked the token. If the name was erased, the text is `[erased]` and the actor's id.
    var revoker: String?
    /// The times at which the log recorded the creation and the revocation.
    ///
    /// If the command line created or revoked the token while no server ran, these times are later than the creation
    /// and the revocation.
    fileprivate(set) var creationRecorded, revocationRecorded: Timestamp?
  }

  private static let columns: [CSVColumn<Row>] = [
    CSVColumn("tokenId") { .text($0.tokenID) },
    CSVColumn("name") { .text($0.name) },
    CSVColumn("role") { .text($0.role) },
    CSVColumn("createdDateTime") { .optional($0.created) },
    CSVColumn("createdBy") { .optional($0.creator) },
    CSVColumn("expiresDateTime") { .optional($0.expires) },
    CSVColumn("revokedDateTime") { .optional($0.revoked) },
    CSVColumn("revokedBy") { .optional($0.revoker) },
  ]

  private let period: Period
  private var tokens: [String: Row] = [:]
  private var order: [String] = []

  init(_ period: Period) {
    self.period = period
  }

  /// Adds the facts that an event records about a token.
  ///
  /// The event must be earlier than the end of the period.
  mutating func add(_ event: ServiceEvent) {
    guard event.content.kind == .tokenCreated || event.content.kind == .tokenRevoked else { return }
    let details = event.content.details
    let actor = event.content.actor?.shownName(erased: event.erased)
    guard let id = details["tokenId"]?.string else { return }
    if tokens[id] == nil { order.append(id) }
    var row =
      tokens[id]
      ?? Row(
        tokenID: id,
        name: details["name"]?.string ?? "",
        role: details["role"]?.string ?? "",
        expires: details["expiresDateTime"]?.string.flatMap { Timestamp(parsing: $0) }
      )
    // The command line can create or revoke a token while no server runs. The event is then recorded later, and its
    // details contain the time of the creation or revocation. After a crash, the same creation or revocation can be
    // recorded twice. In this case, only the first event counts.
    if event.content.kind == .tokenCreated, row.created == nil {
      (row.created, row.creator) = (event.time("createdDateTime"), actor)
      row.creationRecorded = event.activityDateTime
    } else if event.content.kind == .tokenRevoked, row.revoked == nil {
      (row.revoked, row.revoker) = (event.time("revokedDateTime"), actor)
      row.revocationRecorded = event.activityDateTime
    }
    tokens[id] = row
  }

  /// The tokens for this pack, oldest first.
  ///
  /// A token is left out if its revocation or expiry was before the period and was also recorded before the period. If
  /// the revocation or expiry was recorded in the period, the token is included, because the pack of an earlier period
  /// can't contain what was recorded later. An expiry is recorded together with the creation of the token.
  var rows: [Row] {
    order.compactMap { tokens[$0] }.filter { row in
      func isInPeriod(_ end: Timestamp?, recorded: Timestamp?) -> Bool {
        guard let end else { return true }
        return max(end, recorded ?? end) >= period.start
      }
      return isInPeriod(row.revoked, recorded: row.revocationRecorded)
        && isInPeriod(row.expires, recorded: row.creationRecorded)
    }
  }

  /// Writes the table as CSV, and returns the descriptions of the file and of the list of its rows.
  @concurrent
  func write(to output: inout some EvidenceOutput) async throws -> [EvidenceManifest.File] {
    let csv = CSV(Self.columns)
    var file = RowFile(PackedFile.roles, .csv)
    file.add(Self.columns[0].name) { $0 += csv.header }
    for row in rows { file.add(row.tokenID) { csv.write(row, to: &$0) } }
    try await file.flush(to: &output)
    try await file.end(in: &output)
    return file.files
  }
}

extension ServiceEvent {
  /// Returns the time in the details, or the time of the event if the details do not contain the time.
  fileprivate func time(_ detail: String) -> Timestamp {
    content.details[detail]?.string.flatMap { Timestamp(parsing: $0) } ?? activityDateTime
  }
}
