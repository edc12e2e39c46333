import ReflogModel

/// A message for an incoming webhook of Slack.
enum SlackMessage {
  /// Returns the message.
  ///
  /// Slack reads mentions of people and of channels, and links with another text than their URL, only from text in `<…>`.
  /// So only the link to the page of the change has these characters. The other members switch off Markdown, mentions by
  /// name, and previews of links.
  static func json(_ text: MessageText) -> JSONObject {
    let lines = [text.title] + text.lines.map { "\($0.label): \($0.value)" }
    let page = text.page.map { ["page: <\(escaped($0))>"] } ?? []
    return [
      "text": .string((lines.map(escaped) + page).joined(separator: "\n")), "mrkdwn": .bool(false), "parse": "none",
      "link_names": .bool(false), "unfurl_links": .bool(false), "unfurl_media": .bool(false),
    ]
  }

  /// Returns a text with Slack's three control characters as entities.
  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
