package import ReflogModel

/// The parts around the content of every page: the navigation, the viewer's session and the footer.
package struct PageFrame: Sendable {
  let directory: String
  let isEmbedded: Bool
  let styleVersion: String
  let scriptVersion: String
  /// The viewer, or nil if the viewer is not signed in.
  let viewer: Viewer?
  /// The warning that every page shows, or nil if the pages show no warning.
  let warning: String?
  /// The time zone in which the page shows times.
  let zone: PageTimeZone
  /// The name of the time zone, or nil for UTC.
  ///
  /// Forms send this name with the times that a person types. Without the name, the server reads times as UTC.
  let localZone: String?
  /// The names that the form for the time zone proposes.
  let zones: [String]
  /// The text in the field for the time zone: the name of the time zone, or the unknown name that the viewer typed.
  let zoneText: String
  /// True if the viewer typed the name of a time zone that is unknown.
  let isZoneUnknown: Bool
  /// The path and the query of the page that opens after the time zone was changed.
  let path: String
  /// The path below which clients reach this server, such as `/reflog`, or empty.
  let basePath: String

  /// The person who is signed in.
  package struct Viewer: Sendable {
    let name: String
    let role: String
    let csrf: String
    /// The path of the page about the person, or nil if there is no such page.
    let path: String?

    /// Creates a viewer.
    ///
    /// - Parameters:
    ///   - name: the name to show.
    ///   - role: the role to show.
    ///   - csrf: the secret in every form of the session. The secret proves that a page of this server sent the form.
    ///   - path: the path of the page about the person, or nil if there is no such page.
    package init(name: String, role: String, csrf: String, path: String? = nil) {
      self.name = name
      self.role = role
      self.csrf = csrf
      self.path = path
    }
  }

  /// Creates the frame of a page.
  ///
  /// - Parameters:
  ///   - directory: the kind of the directory that the server uses.
  ///   - viewer: the viewer, or nil if the viewer is not signed in.
  ///   - warning: the warning that every page shows, or nil if the pages show no warning.
  ///   - zone: the time zone in which the page shows times.
  ///   - unknownZone: the unknown name of a time zone that the viewer typed, or nil if the viewer typed none.
  ///   - path: the path and the query of the page that opens after the time zone was changed.
  ///   - basePath: the path below which clients reach this server, such as `/reflog`, or empty.
  package init(
    directory: DirectoryKind,
    viewer: Viewer?,
    warning: String? = nil,
    zone: PageTimeZone = .utc,
    unknownZone: String? = nil,
    path: String = "/",
    basePath: String = ""
  ) {
    self.directory = directory.shownName
    isEmbedded = directory == .embedded
    styleVersion = WebAsset.style.version
    scriptVersion = WebAsset.script.version
    self.viewer = viewer
    self.warning = warning
    self.zone = zone
    localZone = zone == .utc ? nil : zone.name
    zoneText = unknownZone ?? zone.name
    isZoneUnknown = unknownZone != nil
    zones = viewer == nil ? [] : PageTimeZone.proposals
    self.path = path
    self.basePath = basePath
  }

  /// Returns the warning that the replacement of a lost key is not confirmed, with times in a time zone.
  package static func warning(of replacement: KeyReplacement, in zone: PageTimeZone) -> String {
    let time = Moment(replacement.time).shown(in: zone)
    return "The key that signs the log was lost, and was replaced on \(time.day) at \(time.clock). Reason: "
      + "\(replacement.reason.printable.shortened(to: 200)). An administrator must confirm this on the page "
      + "Integrity or with reflog key confirm."
  }
}

/// The data of a page and of the frame around the page, in the form that templates read.
struct FramedPage<Content: Sendable>: Sendable {
  let title: String
  let frame: PageFrame
  let sections: [Link]
  let page: Content

  /// Combines a page with the frame around the page.
  ///
  /// - Parameters:
  ///   - title: the title of the document.
  ///   - frame: the parts around the content of the page.
  ///   - section: the section that the page belongs to, or nil if the page belongs to no section.
  ///   - page: the page's view model.
  init(title: String, frame: PageFrame, in section: PageSection? = nil, page: Content) {
    self.title = title
    self.frame = frame
    self.page = page
    sections = PageSection.allCases.map { Link(path: $0.rawValue, name: $0.name, isCurrent: $0 == section) }
  }

  /// A link in the navigation.
  struct Link: Sendable {
    let path: String
    let name: String
    let isCurrent: Bool
  }
}

/// A section in the navigation.
///
/// The raw value is the path of the section's first page.
enum PageSection: String, CaseIterable, Sendable {
  case timeline = "/"
  case flows = "/flows"
  case connectors = "/connectors"
  case freezes = "/freezes"
  case export = "/export"
  case evidence = "/evidence"
  case integrity = "/integrity"

  var name: String {
    switch self {
    case .timeline: "Timeline"
    case .flows: "Flows"
    case .connectors: "Connectors"
    case .freezes: "Freezes"
    case .export: "Export"
    case .evidence: "Evidence"
    case .integrity: "Integrity"
    }
  }
}
