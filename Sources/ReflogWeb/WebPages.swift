import Mustache

/// The pages' templates, parsed once; each is a file of this target, embedded in the binary.
enum WebPages {
  private static let library = MustacheLibrary(templates: templates)

  private static let templates: [String: MustacheTemplate] = {
    // Before the first template that names it is parsed.
    MustacheContentTypes.register(EscapedHTML(), named: "ESCAPED")
    return [
      "page": template(PackageResources.page_mustache),
      "sign-in": template(PackageResources.sign_in_mustache),
      "signed-in": template(PackageResources.signed_in_mustache),
      "timeline": template(PackageResources.timeline_mustache),
      "change": template(PackageResources.change_mustache),
      "rollback": template(PackageResources.rollback_mustache),
      "flow": template(PackageResources.flow_mustache),
      "flows": template(PackageResources.flows_mustache),
      "time-rollback": template(PackageResources.time_rollback_mustache),
      "export": template(PackageResources.export_mustache),
      "integrity": template(PackageResources.integrity_mustache),
      "message": template(PackageResources.message_mustache),
      "filter": template(PackageResources.filter_mustache),
      "row": template(PackageResources.row_mustache),
      "reference": template(PackageResources.reference_mustache),
    ]
  }()

  /// A template that does not parse is found by the first test that shows any page.
  private static func template(_ bytes: [UInt8]) -> MustacheTemplate {
    do {
      return try MustacheTemplate(string: "{{% CONTENT_TYPE:ESCAPED}}" + String(decoding: bytes, as: UTF8.self))
    } catch {
      preconditionFailure("a template does not parse: \(error)")
    }
  }

  static func render(_ model: some Any, _ name: String) -> String {
    library.render(PageNode.value(of: model) ?? "", withTemplate: name) ?? ""
  }
}

/// Text made safe in HTML, in elements and in quoted attributes, scalar by scalar: the escaping that comes with Mustache goes by
/// characters, and a combining mark behind a quote hides it there.
private struct EscapedHTML: MustacheContentType {
  func escapeText(_ text: String) -> String {
    // Most texts are what they are.
    guard text.utf8.contains(where: Self.mayNeedEscape) else { return text }
    var escaped = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
      case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
      case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
      case "'": escaped.append(contentsOf: "&#39;".unicodeScalars)
      // What turns the direction of a line around makes another sentence of it.
      case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": escaped.append("\u{FFFD}")
      default: escaped.append(scalar)
      }
    }
    return String(escaped)
  }

  /// One of the five, or the first byte of a mark that turns a line around.
  private static func mayNeedEscape(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"), 0xE2: true
    default: false
    }
  }
}
