/// The result of a comparison of files with a manifest.
struct FileReport {
  /// The differences.
  ///
  /// Each difference is one line of text.
  private(set) var findings: [String] = []
  /// The files that another program saved in another form.
  ///
  /// Each file is described in one line of text.
  private(set) var forms: [String] = []

  /// Adds a difference.
  mutating func add(_ finding: String) { findings.append(finding) }

  /// Adds a file that another program saved in another form.
  mutating func addForm(_ form: String) { forms.append(form) }

  /// Shows all lines, and throws a failure if there is at least one line.
  ///
  /// - Parameter subject: The compared object, for the message: the exported file or the pack.
  func show(_ subject: String) throws {
    try Terminal.lines(findings + forms)
    try requireAgreement(subject)
  }

  /// Throws a failure if a file differs, or if another program saved a file in another form.
  func requireAgreement(_ subject: String) throws {
    guard findings.isEmpty else { throw CommandFailure(.unverified, "\(subject) failed verification.") }
    guard forms.isEmpty else {
      throw CommandFailure(
        .otherForm,
        "\(subject) was saved in another form, for example by a spreadsheet. The content agrees with the manifest."
      )
    }
  }
}
