import ReflogModel

extension DirectoryKind {
  /// What it is, in words.
  var words: String {
    switch self {
    case .embedded: "embedded"
    case .graph: "Microsoft Graph"
    }
  }
}
