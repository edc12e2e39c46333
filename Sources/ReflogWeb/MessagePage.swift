package import ReflogModel

/// One thing to say: what went wrong, and what to do.
package struct MessagePage: Sendable {
  let heading: String
  let message: String
  /// The changes that it is about.
  let changes: [String]
  let requestID: String

  package init(heading: String, message: String, changes: [Change.ID], requestID: String) {
    self.changes = changes.map(\.description)
    self.heading = heading
    self.message = message
    self.requestID = requestID
  }

  package func render(in frame: PageFrame) -> String {
    WebPages.render(FramedPage(title: heading, frame: frame, page: self), "message")
  }
}
