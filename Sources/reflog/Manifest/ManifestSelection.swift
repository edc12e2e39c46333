import ReflogEvidence
import ReflogFormats
import ReflogModel

// `verify.py` in a pack shows the same sentences.

extension ExportManifest {
  /// Sentences with the number of changes in the exported file, and with what the filter of the manifest selects.
  var selection: String {
    let limits = [filter.map { "match \($0)" }, after.map { "have an entry after position \($0)" }].compactMap(\.self)
    let everything = rows == 0 ? "the ledger contained no changes at that time" : "all changes"
    let selected = limits.isEmpty ? everything : "only those that \(limits.joined(separator: " and "))"
    let sentence = "\(Terminal.count(rows, "change")): \(selected)."
    guard ExportRequest.includesImpact(inManifestOptions: options), hasConditionOnFlow else { return sentence }
    return "\(sentence) A condition on a flow also selects the changes of the connectors that the flow called."
  }

  /// Whether the filter has a condition on the id of a flow.
  private var hasConditionOnFlow: Bool {
    let parsed = filter.flatMap { try? ChangeFilter.parse($0) }
    return parsed?.fields.contains(.plain(.flowId)) == true
  }
}

extension EvidenceManifest {
  /// A sentence with the number of changes in the pack, and with what the period and the flow of the manifest select.
  var selection: String {
    let everything = changeCount == 0 ? "the ledger contained no changes of this period at that time" : "all changes"
    let selected = flow.map { "only those of the flow \($0), and of the connectors that it called" } ?? everything
    let end = taken < period.end ? ", until \(taken), when the period had not ended" : ""
    return "The pack contains \(Terminal.count(changeCount, "change")) of \(period.name): \(selected)\(end)."
  }
}
