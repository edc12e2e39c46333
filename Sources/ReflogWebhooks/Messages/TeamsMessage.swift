import ReflogModel

/// An Adaptive Card for a workflow of Microsoft Teams that starts when a webhook request arrives.
enum TeamsMessage {
  /// Returns the message.
  ///
  /// Teams reads Markdown in text blocks, but not in text runs. All text is in text runs, so a text from a caller can't
  /// become a link or a mention.
  static func json(_ text: MessageText) -> JSONObject {
    let title: JSONObject = ["type": "TextRun", "text": .string(text.title), "weight": "Bolder"]
    let lines = text.lines.map { line -> JSONValue in
      paragraph([
        ["type": "TextRun", "text": .string(line.label + ": "), "isSubtle": .bool(true)],
        ["type": "TextRun", "text": .string(line.value)],
      ])
    }
    var card: JSONObject = [
      "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4",
      "body": .array([paragraph([title])] + lines),
    ]
    if let page = text.page {
      card["actions"] = .array([.object(["type": "Action.OpenUrl", "title": "Open the change", "url": .string(page)])])
    }
    let attachment: JSONObject = [
      "contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": .null, "content": .object(card),
    ]
    return ["type": "message", "attachments": .array([.object(attachment)])]
  }

  private static func paragraph(_ runs: [JSONObject]) -> JSONValue {
    .object(["type": "RichTextBlock", "inlines": .array(runs.map(JSONValue.object))])
  }
}
