package import ReflogModel

/// What every page has around its content: navigation, the viewer's session and the footer.
package struct PageFrame: Sendable {
  let directory: String
  let isEmbedded: Bool
  let styleVersion: String
  let scriptVersion: String
  /// The viewer, or nil without a session.
  let viewer: Viewer?

  /// The person whose session it is.
  package struct Viewer: Sendable {
    let name: String
    let role: String
    let csrf: String

    /// Makes a viewer.
    ///
    /// - Parameters:
    ///   - name: the name to show.
    ///   - role: the role to show.
    ///   - csrf: the secret in every form of the session; it proves that the form is from this server's own pages.
    package init(name: String, role: String, csrf: String) {
      self.name = name
      self.role = role
      self.csrf = csrf
    }
  }

  /// Makes the frame of a page.
  ///
  /// - Parameters:
  ///   - directory: the directory that the server serves.
  ///   - viewer: the viewer, or nil without a session.
  package init(directory: DirectoryKind, viewer: Viewer?) {
    self.directory = directory.shownName
    isEmbedded = directory == .embedded
    styleVersion = WebAsset.style.version
    scriptVersion = WebAsset.script.version
    self.viewer = viewer
  }
}

/// A page in its frame, as the template reads it.
struct FramedPage<Content: Sendable>: Sendable {
  let title: String
  let frame: PageFrame
  let sections: [Link]
  let page: Content

  /// Puts a page into its frame.
  ///
  /// - Parameters:
  ///   - title: the title of the document.
  ///   - frame: the frame.
  ///   - section: the section that the page belongs to, or nil if it belongs to none.
  ///   - page: the page's view model.
  init(title: String, frame: PageFrame, in section: PageSection? = nil, page: Content) {
    self.title = title
    self.frame = frame
    self.page = page
    sections = PageSection.allCases.map { Link(path: $0.rawValue, name: $0.name, isCurrent: $0 == section) }
  }

  /// A link of the navigation.
  struct Link: Sendable {
    let path: String
    let name: String
    let isCurrent: Bool
  }
}

/// The sections of the navigation; the raw value is the path of the section's first page.
enum PageSection: String, CaseIterable, Sendable {
  case timeline = "/"
  case flows = "/flows"
  case export = "/export"
  case integrity = "/integrity"

  var name: String {
    switch self {
    case .timeline: "Timeline"
    case .flows: "Flows"
    case .export: "Export"
    case .integrity: "Integrity"
    }
  }
}
