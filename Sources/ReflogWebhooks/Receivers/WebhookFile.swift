import ReflogModel

/// The JSON file in which an administrator sets up the receivers of webhooks.
package struct WebhookFile: Sendable {
  /// The maximum number of receivers.
  ///
  /// The number is limited because Reflog reads the ledger separately for each receiver.
  package static let maximumCount = 16
  private static let maximumNameLength = 64

  /// The receivers, in their order in the file.
  package private(set) var receivers: [WebhookReceiver] = []
  /// The receivers whose secret is in a separate file: the name of the receiver, and the path of the file.
  package private(set) var secretFiles: [(receiver: String, path: String)] = []

  private enum Member: String, CaseIterable {
    case name, url, secret, secretFile, format, topics, filter, allowLocal
  }

  /// Reads the receivers.
  ///
  /// - Parameters:
  ///   - path: The path of the file, for messages.
  ///   - read: Returns the bytes of the file at a path.
  /// - Throws: An error that describes the first problem. Its message contains no secret and no URL.
  package init(_ path: String, read: (String) throws(WebhookError) -> [UInt8]) throws(WebhookError) {
    let value: JSONValue
    do { value = try JSONValue(parsing: try read(path)) } catch {
      switch error {
      case let error as WebhookError: throw error
      default: throw .unreadable(path: path, problem: "it is not JSON: \(error)")
      }
    }
    guard let items = value.array, items.allSatisfy({ $0.object != nil }) else { throw .notReceivers(path: path) }
    guard items.count <= Self.maximumCount else { throw .tooMany(path: path, most: Self.maximumCount) }
    for (index, item) in items.compactMap(\.object).enumerated() {
      guard let name = item[Member.name.rawValue]?.string, Self.isName(name) else {
        throw .name(path: path, number: index + 1)
      }
      guard !receivers.contains(where: { $0.name == name }) else { throw .repeatedName(path: path, name) }
      receivers.append(try receiver(name, item, read))
    }
  }

  private static func isName(_ text: String) -> Bool {
    // A person can put the secret in the place of the name by mistake. Such a name is refused, because names are shown
    // in messages and in the status.
    !text.hasPrefix(WebhookSecret.prefix) && (1...maximumNameLength).contains(text.utf8.count)
      && text.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || "-_".utf8.contains($0) }
  }

  private mutating func receiver(
    _ name: String,
    _ item: JSONObject,
    _ read: (String) throws(WebhookError) -> [UInt8]
  ) throws(WebhookError) -> WebhookReceiver {
    if let unknown = item.members.first(where: { Member(rawValue: $0.name) == nil }) {
      let known = Member.allCases.map(\.rawValue).joined(separator: ", ")
      throw .unknownMember(receiver: name, unknown.name, known: known)
    }
    let values = Values(receiver: name, item: item)
    let allowsLocal = try values.flag(.allowLocal) ?? false
    let (url, host) = try values.url(allowsLocal: allowsLocal)
    let format = try values.word(.format, WebhookReceiver.Format.init(rawValue:)) ?? .cloudEvents
    return WebhookReceiver(
      name: name,
      url: url,
      host: host,
      secret: try secret(values, format, read),
      format: format,
      topics: try values.topics(),
      filter: try values.filter(),
      allowsLocal: allowsLocal
    )
  }

  /// Returns the secret, or nil if the receiver has none.
  private mutating func secret(
    _ values: Values,
    _ format: WebhookReceiver.Format,
    _ read: (String) throws(WebhookError) -> [UInt8]
  ) throws(WebhookError) -> WebhookSecret? {
    let (text, path) = (try values.text(.secret), try values.text(.secretFile))
    guard text == nil || path == nil else {
      throw values.wrong(.secretFile, "A receiver has secret or secretFile, not both.")
    }
    guard let path else {
      // A receiver of events must be able to verify the sender, so it needs a secret. Slack and Teams identify the
      // sender by the URL.
      guard text != nil || format != .cloudEvents else {
        throw values.wrong(.secret, "The format cloudEvents needs secret or secretFile.")
      }
      return try text.map { text throws(WebhookError) in try Self.secret(text, values, .secret) }
    }
    // A person can put the secret in the place of the path by mistake. Then a message about the missing file would show
    // the secret.
    guard !path.hasPrefix(WebhookSecret.prefix) else {
      throw values.wrong(.secretFile, "It must be the path of a file. Use secret for the secret itself.")
    }
    secretFiles.append((values.receiver, path))
    let line: String
    do {
      line = try TextEncoding.text(try read(path)).split(separator: "\n").first.map(String.init) ?? ""
    } catch {
      switch error {
      case let error as WebhookError: throw error
      default: throw .unreadable(path: path, problem: "\(error)")
      }
    }
    return try Self.secret(line, values, .secretFile)
  }

  private static func secret(
    _ text: String,
    _ values: Values,
    _ member: Member
  ) throws(WebhookError) -> WebhookSecret {
    guard let secret = WebhookSecret(text) else {
      let counts = WebhookSecret.byteCounts
      let problem =
        "It must be \(WebhookSecret.prefix) and the Base 64, with padding, of \(counts.lowerBound) to "
        + "\(counts.upperBound) bytes."
      throw values.wrong(member, problem)
    }
    return secret
  }

  /// The members of one receiver.
  private struct Values {
    let receiver: String
    let item: JSONObject

    func wrong(_ member: Member, _ problem: String) -> WebhookError {
      .member(receiver: receiver, member.rawValue, problem: problem)
    }

    /// Returns the text of a member, or nil if the member is absent.
    func text(_ member: Member) throws(WebhookError) -> String? {
      guard let value = item[member.rawValue] else { return nil }
      guard let text = value.string, !text.isEmpty else { throw wrong(member, "It must be a text.") }
      return text
    }

    /// Returns the Boolean value of a member, or nil if the member is absent.
    func flag(_ member: Member) throws(WebhookError) -> Bool? {
      guard let value = item[member.rawValue] else { return nil }
      guard case .bool(let flag) = value else { throw wrong(member, "It must be true or false.") }
      return flag
    }

    /// Returns the value of a member with a fixed list of permitted words, or nil if the member is absent.
    func word<Word: CaseIterable & RawRepresentable<String>>(
      _ member: Member,
      _ value: (String) -> Word?
    ) throws(WebhookError) -> Word? {
      guard let text = try text(member) else { return nil }
      guard let word = value(text) else { throw wrong(member, Self.choice(of: Word.self)) }
      return word
    }

    /// Returns the topics, or all topics if the member is absent.
    func topics() throws(WebhookError) -> Set<WebhookTopic> {
      guard let value = item[Member.topics.rawValue] else { return Set(WebhookTopic.allCases) }
      let names = value.array ?? []
      let topics = names.compactMap { $0.string.flatMap(WebhookTopic.init(rawValue:)) }
      guard !names.isEmpty, topics.count == names.count else {
        throw wrong(.topics, "It must be an array with at least one topic. " + Self.choice(of: WebhookTopic.self))
      }
      return Set(topics)
    }

    private static func choice<Word: CaseIterable & RawRepresentable<String>>(of words: Word.Type) -> String {
      "Use \(words.allCases.map(\.rawValue).joined(separator: ", "))."
    }

    /// Returns the filter of changes, or nil if the member is absent.
    func filter() throws(WebhookError) -> ChangeFilter? {
      guard let text = try text(.filter) else { return nil }
      do { return try ChangeFilter.parse(text) } catch { throw wrong(.filter, error.description) }
    }

    /// Returns the URL and its host.
    func url(allowsLocal: Bool) throws(WebhookError) -> (url: String, host: String) {
      guard let url = try text(.url), !url.contains("#"), let host = SecretDestination.host(of: url) else {
        throw wrong(.url, "It must be an https URL (http on loopback only) without user and fragment.")
      }
      let isLocal = SecretDestination.isLoopback(host) || IPAddress(host).map(SecretDestination.isLocal) ?? false
      guard allowsLocal || !isLocal else {
        throw wrong(.url, "Its host is this machine or a link-local address. To permit it, set allowLocal to true.")
      }
      return (url, host)
    }
  }
}
