import ReflogModel

/// A message for an incoming webhook of Slack.
enum SlackMessage {
  /// Returns the message.
  ///
  /// In Slack, only text in `<…>` can mention people and channels, or hide the URL of a link behind another text. So
  /// the text contains `<` and `>` only around the link to the page of the change. The other members of the JSON object
  /// switch off Markdown, mentions by name, and previews of links.
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
