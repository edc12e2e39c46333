import ReflogFormats
import ReflogModel

/// The text of a message for people: a title, and lines with a label and a value.
///
/// Values can come from callers and from the directory. This type removes control characters and URLs from values. Each
/// format must also escape the characters that have a meaning in its markup.
struct MessageText: Sendable {
  /// A line below the title.
  struct Line: Hashable, Sendable {
    let label: String
    let value: String
  }

  /// The maximum length of the title and of a value in characters.
  private static let maximumLength = 1000
  /// The maximum length in bytes of the title and of all values together.
  ///
  /// Teams refuses messages of more than 28 KB, and a refused message would delay all later messages. A line that does
  /// not fit in this length is left out.
  static let maximumByteCount = 16_000

  let title: String
  private(set) var lines: [Line] = []
  /// The URL of the page of the change, or nil if the message has no link.
  let page: String?

  /// Creates the text for an entry.
  init(_ entry: SettledEntry, _ topic: WebhookTopic, from source: WebhookMessage.Source) {
    switch entry {
    case .change(let change):
      title = Self.safe(Self.title(of: change, topic))
      page = source.publicURL.map { "\($0)/changes/\(change.id)" }
      add(change)
    case .event(let event):
      title = Self.title(of: event)
      page = nil
      add("who", event.content.actor.map { Self.name($0, event.erased) })
      let details = event.shownDetails(erasedReason: .string(Erased.placeholder))
      for member in details.members { add(member.name, member.value.string) }
      add("time", event.activityDateTime.description)
    case .altered(let sequence, let problem):
      title = "Entry \(sequence) of the log failed verification"
      page = nil
      add("problem", problem)
    }
    add("log", source.origin)
  }

  private mutating func add(_ label: String, _ value: String?) {
    guard let value, !value.isEmpty else { return }
    let line = Line(label: label, value: Self.safe(value))
    let byteCount = lines.reduce(title.utf8.count) { $0 + $1.value.utf8.count }
    guard byteCount + line.value.utf8.count <= Self.maximumByteCount else { return }
    lines.append(line)
  }

  /// Returns a text without control characters and without URLs, cut to the maximum length.
  ///
  /// Chat programs turn every URL into a link. With a link in a reason, a person could bring readers to a harmful site.
  private static func safe(_ text: String) -> String {
    text.printable.replacing("://", with: ": //").limited(to: maximumLength)
  }

  private mutating func add(_ change: Change) {
    add("who", Self.name(change.intent.actor, change.erased))
    add("reason", change.intent.reason ?? change.erased.map { _ in Erased.placeholder })
    add("override", change.override.map(\.shownReason))
    add("answer", [change.outcome?.code, change.outcome?.message].compactMap(\.self).joined(separator: ": "))
    add("time", change.newestDateTime.description)
  }

  private static func name(_ actor: Change.Actor, _ erased: Erased?) -> String {
    (erased == nil ? "" : Erased.placeholder + " ") + actor.shownName
  }

  private static func title(of change: Change, _ topic: WebhookTopic) -> String {
    let start =
      switch topic {
      case .drift: "Drift"
      case .denied: "Denied"
      case .change, .freeze, .trouble: "Change"
      }
    return "\(start) \(change.id): \(change.sentence)"
  }

  private static func title(of event: ServiceEvent) -> String {
    switch event.content.kind {
    case .freezePlaced: "Freeze \(event.id) was placed"
    case .freezeReleased: "A freeze was released"
    case .freezeOverridden: "A freeze was overridden"
    case .denied where event.content.denialCause == .frozen:
      "A freeze did not permit a request (\(event.content.count) in this minute)"
    case .denied: "The role of a caller did not permit a request (\(event.content.count) in this minute)"
    case .clockAccepted: "The server was started although its clock is behind the newest entry"
    case .keyReplaced: "The signing key was lost and replaced"
    case .olderLedgerAccepted: "The server was started with an older copy of the ledger"
    default: event.content.kind.rawValue
    }
  }
}
