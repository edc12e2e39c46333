import Foundation

/// Finds the texts for people in source files.
///
/// Tests compare these texts with tables. So a test fails if the table has no row for a new text. A value that is
/// inserted into a text is `{}` in the result.
package enum SourceTexts {
  /// Returns the texts in the Swift files of a folder. The key is the path of the file below the folder.
  ///
  /// Files without texts are left out.
  ///
  /// - Parameters:
  ///   - folder: The path of the folder below the folder of the package, such as `Sources/ReflogWeb`.
  ///   - hidden: The strings that look like texts, but that no user sees.
  package static func inSwiftFiles(of folder: String, except hidden: Set<String> = []) throws -> [String: [String]] {
    var texts: [String: [String]] = [:]
    for (path, code) in try swiftFiles(of: folder) {
      let found = literals(in: code, .swift).filter { !hidden.contains($0) }
      if !found.isEmpty { texts[path] = found }
    }
    return texts
  }

  /// Returns every sentence in the Swift files of a folder, and every other string that contains a space.
  ///
  /// - Parameter folder: The path of the folder below the folder of the package.
  package static func sentences(inSwiftFilesOf folder: String) throws -> [String] {
    try swiftFiles(of: folder).flatMap { _, code in
      var reader = LiteralReader(code, .swift)
      return reader.literals().filter { $0.contains(" ") }
    }
  }

  private static func swiftFiles(of folder: String) throws -> [(path: String, code: String)] {
    let root = self.root.appending(path: folder)
    let paths = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
    return try paths.filter { $0.hasSuffix(".swift") }
      .map { ($0, try String(contentsOf: root.appending(path: $0), encoding: .utf8)) }
  }

  /// Returns the texts in the templates and the scripts of pages. The key is the name of the file.
  ///
  /// - Parameters:
  ///   - folder: The path of the folder below the folder of the package.
  ///   - hidden: The strings that look like texts, but that no user sees.
  package static func inTemplates(of folder: String, except hidden: Set<String> = []) throws -> [String: [String]] {
    let root = self.root.appending(path: folder)
    var texts: [String: [String]] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: root.path) {
      let content = try String(contentsOf: root.appending(path: name), encoding: .utf8)
      let found =
        switch true {
        case name.hasSuffix(".mustache"): self.texts(inTemplate: content)
        case name.hasSuffix(".js"): literals(in: content, .script)
        default: [String]()
        }
      let shown = found.filter { !hidden.contains($0) }
      if !shown.isEmpty { texts[name] = shown }
    }
    return texts
  }

  private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")

  /// Returns the string literals that are texts. The result contains each text only once.
  private static func literals(in code: String, _ language: LiteralReader.Language) -> [String] {
    var reader = LiteralReader(code, language)
    return unique(reader.literals().filter(isText))
  }

  /// Returns whether a string is a text: a string with a space and a word, or a word that begins with a capital letter.
  ///
  /// All other strings are names in code, paths or formats.
  private static func isText(_ string: String) -> Bool {
    let trimmed = string.trimmingCharacters(in: .whitespacesAndNewlines)
    return (trimmed.contains(" ") && trimmed.contains(/[A-Za-z]{2}/)) || trimmed.contains(/^[A-Z]([a-z]|[A-Z]+$)/)
  }

  /// Returns the texts in a template: its sentences, and the values of the attributes that a browser shows.
  ///
  /// A sentence ends at a section of the template and at an HTML element, but not at an element such as `<b>`.
  private static func texts(inTemplate template: String) -> [String] {
    let separator = "\u{0}"
    let code = template.replacing(/\{\{[#\/^><$][^}]*\}\}/, with: separator).replacing(/\{\{[^}]*\}\}/, with: "{}")
    let attributes = code.matches(of: /\s(?:placeholder|aria-label|data-label|title)="([^"]*)"/).map { String($0.1) }
    let sentences = code.replacing(/<\/?(?:a|b|code|small|span|time|wbr)(?:\s[^>]*)?>/, with: "")
      .replacing(/<[^>]*>/, with: separator)
      .split(separator: separator)
      .map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
    return unique((sentences + attributes).filter { $0.contains(/[A-Za-z]/) })
  }

  private static func unique(_ texts: [String]) -> [String] {
    var seen: Set<String> = []
    return texts.filter { seen.insert($0).inserted }
  }
}
