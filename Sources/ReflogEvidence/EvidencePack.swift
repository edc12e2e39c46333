import ReflogFormats
package import ReflogModel
package import ReflogService

/// An evidence pack: files for auditors about the changes in a period.
///
/// The pack contains the changes and the service events in CSV and JSON Lines, the roles of API tokens, the retention
/// policy, a summary for printing, the checkpoint, a program that checks the pack, and a signed manifest of all files.
package struct EvidencePack<Changes: ExportSource>: Sendable where Changes.Item == Change {
  private let request: EvidenceRequest
  private let changes: Changes
  private let service: HistoryService
  private let taken: Timestamp
  private let signers: @Sendable () -> [SigningKey]
  private let progress: @Sendable (Int) -> Void

  /// Creates a pack.
  ///
  /// The changes are read when the pack is written. The flow, the retention policy and the legal holds are checked
  /// earlier, in this initializer, because an HTTP answer that has begun can't report an error.
  ///
  /// - Parameters:
  ///   - request: The period and the flow.
  ///   - changes: The export of the changes that the request selects.
  ///   - service: The history.
  ///   - taken: The current time.
  ///   - signers: A function that returns the keys that sign the manifest.
  ///   - progress: A function that is called after more changes were written. Its argument is the number of changes
  ///     that have been written.
  /// - Throws: `flowNotFound` if the ledger has no record of the request's flow, or `ledgerDamaged` if the policy or
  ///   the holds differ from what was recorded.
  package init(
    _ request: EvidenceRequest,
    of changes: Changes,
    from service: HistoryService,
    taken: Timestamp,
    signers: @escaping @Sendable () -> [SigningKey],
    progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) async throws(ServiceError) {
    if let flow = request.flow { try await service.requireRecord(ofFlow: flow) }
    _ = try await service.retentionState()
    (self.request, self.changes, self.service) = (request, changes, service)
    (self.taken, self.signers, self.progress) = (taken, signers, progress)
  }

  /// Writes all files of the pack.
  ///
  /// The manifest is the last file. So a pack without a manifest is not complete.
  @concurrent
  package func write(to output: inout some EvidenceOutput) async throws {
    var summary = PeriodSummary()
    var files = try await writeChanges(to: &output, &summary)
    let (events, roles) = try await writeEvents(to: &output)
    files += events
    files += try await roles.write(to: &output)
    let (policy, purge, holds) = try await service.retentionState()
    let retention = RetentionState(policy: policy, purge: purge, holds: holds)
    // The checkpoint is read after the last row, so it covers the entries of all rows.
    let checkpoint = try await service.newestCheckpoint()
    let origin = try await service.origin()
    let facts = EvidenceFacts(
      origin: origin.text,
      period: request.period,
      flows: request.flows,
      taken: taken,
      keys: signers().map(\.verifierKey.text),
      logSize: try checkpoint.map { try Checkpoint(text: SignedNote(parsing: Array($0.utf8)).text).size }
    )
    let page = SummaryPage(manifest: facts, summary: summary, retentionState: retention, roles: roles.rows)
    let texts: [(String, [UInt8])] = [
      (PackedFile.retention, JSONValue.object(retention.json).bytes + [0x0A]),
      (PackedFile.summary, Array(page.html.utf8)),
      (PackedFile.instruction, Array(Instruction(facts: facts).text.utf8)),
      (PackedFile.script, PackageResources.verify_py),
    ]
    for (name, bytes) in texts + (checkpoint.map { [(PackedFile.checkpoint, Array($0.utf8))] } ?? []) {
      var record = FileRecord(text: name)
      record.add(bytes)
      files.append(record.file)
      try await output.write(bytes, to: name)
    }
    let manifest = EvidenceManifest(
      origin: origin,
      period: request.period,
      flow: request.flow,
      files: files.sorted { $0.name < $1.name },
      checkpoint: checkpoint,
      taken: taken
    )
    try await output.write(manifest.signed(by: signers()).bytes, to: EvidenceManifest.fileName)
  }

  @concurrent
  private func writeChanges(
    to output: inout some EvidenceOutput,
    _ summary: inout PeriodSummary
  ) async throws -> [EvidenceManifest.File] {
    var files = ItemFiles<Change>(PackedFile.changes)
    var piece = try await changes.firstItems()
    while let current = piece {
      async let following = current.following()
      for change in current.items { summary.add(change) }
      try await files.append(current.items, to: &output)
      progress(current.items.count)
      piece = try await following
    }
    try await files.end(in: &output)
    return files.files
  }

  /// Writes the service events of the period, and collects the roles of API tokens.
  ///
  /// The roles come from all events that are earlier than the end of the period.
  @concurrent
  private func writeEvents(
    to output: inout some EvidenceOutput
  ) async throws -> (files: [EvidenceManifest.File], roles: RoleTable) {
    var roles = RoleTable(request.period)
    var files = ItemFiles<ServiceEvent>(PackedFile.serviceEvents)
    var export = service.exportEvents()
    while let events = try await export.next() {
      let earlier = events.prefix { $0.activityDateTime < request.period.end }
      for event in earlier { roles.add(event) }
      try await files.append(earlier.filter { $0.activityDateTime >= request.period.start }, to: &output)
      // Events are sorted by time. So after the first event that is later than the period, no event belongs to the
      // period.
      guard earlier.count == events.count else { break }
    }
    try await files.end(in: &output)
    return (files.files, roles)
  }
}
