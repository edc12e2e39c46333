import ReflogModel

/// A message for an incoming webhook of Slack.
enum SlackMessage {
  /// Returns the message.
  ///
  /// Slack reads links, mentions of people and mentions of channels only from text in `<…>`. So the text contains no such
  /// character. The other members switch off Markdown, mentions by name, and previews of links.
  static func json(_ text: MessageText) -> JSONObject {
    let lines = [text.title] + text.lines.map { "\($0.label): \($0.value)" }
    return [
      "text": .string(escaped(lines.joined(separator: "\n"))), "mrkdwn": .bool(false), "parse": "none",
      "link_names": .bool(false), "unfurl_links": .bool(false), "unfurl_media": .bool(false),
    ]
  }

  /// Returns a text with Slack's three control characters as entities.
  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
