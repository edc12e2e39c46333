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
    self.directory = directory.words
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
  let sections: [Link]
  let page: Content

  /// - Parameter section: the part of the pages that it belongs to, if it does to one.
  init(title: String, frame: PageFrame, in section: PageSection? = nil, page: Content) {
    self.title = title
    self.frame = frame
    self.page = page
    sections = PageSection.allCases.map { Link(path: $0.rawValue, name: $0.name, isCurrent: $0 == section) }
  }

  struct Link: Sendable {
    let path: String
    let name: String
    let isCurrent: Bool
  }
}

/// The parts of the pages, by where each begins.
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
