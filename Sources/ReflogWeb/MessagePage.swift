package import ReflogModel

/// A page with one message: what went wrong, and what the viewer can do.
package struct MessagePage: Sendable {
  let heading: String
  let message: String
  /// The ids of the changes that the message is about.
  let changes: [String]
  let requestID: String
  /// The query of the timeline with `?` in front, or empty. Links to the timeline and to its changes contain it.
  let trail: String

  /// Creates the page of a message.
  package init(heading: String, message: String, changes: [Change.ID], requestID: String, trail: String = "") {
    self.trail = trail
    self.changes = changes.map(\.description)
    self.heading = heading
    self.message = message
    self.requestID = requestID
  }

  /// Returns the page as HTML.
  package func render(in frame: PageFrame) -> String {
    WebPages.render(FramedPage(title: heading, frame: frame, page: self), "message")
  }
}
