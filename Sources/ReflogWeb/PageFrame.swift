package import ReflogModel

/// What stands around every page.
package struct PageFrame: Sendable {
  let directory: String
  let isEmbedded: Bool
  let styleVersion: String
  let scriptVersion: String
  /// Nobody where nobody is signed in.
  let viewer: Viewer?

  /// Who looks at it.
  package struct Viewer: Sendable {
    let name: String
    let role: String
    let csrf: String

    /// - Parameter csrf: stands in every form, and shows that it came from this server's own pages.
    package init(name: String, role: String, csrf: String) {
      self.name = name
      self.role = role
      self.csrf = csrf
    }
  }

  package init(directory: DirectoryKind, viewer: Viewer?) {
    self.directory = directory.rawValue
    isEmbedded = directory == .embedded
    styleVersion = WebAsset.style.version
    scriptVersion = WebAsset.script.version
    self.viewer = viewer
  }
}

/// A page in its frame, as its template sees it.
struct FramedPage<Content: Sendable>: Sendable {
  let title: String
  let frame: PageFrame
  let page: Content
}
