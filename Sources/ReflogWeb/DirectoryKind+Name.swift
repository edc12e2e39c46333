import ReflogModel

extension DirectoryKind {
  /// The directory's name on pages.
  var shownName: String {
    switch self {
    case .embedded: "embedded"
    case .graph: "Microsoft Graph"
    }
  }
}
