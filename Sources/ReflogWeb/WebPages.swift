import Mustache

/// The templates of all pages, parsed once.
///
/// Each template is a file of this target and is embedded in the binary.
enum WebPages {
  private static let library = MustacheLibrary(templates: templates)

  private static let templates: [String: MustacheTemplate] = {
    // Every template contains the name of this content type, so the type must be registered before the first template
    // is parsed.
    MustacheContentTypes.register(EscapedHTML(), named: "ESCAPED")
    return [
      "actor": template(PackageResources.actor_mustache),
      "actor-name": template(PackageResources.actor_name_mustache),
      "arrow": template(PackageResources.arrow_mustache),
      "attribution": template(PackageResources.attribution_mustache),
      "page": template(PackageResources.page_mustache),
      "sign-in": template(PackageResources.sign_in_mustache),
      "redirect": template(PackageResources.redirect_mustache),
      "timeline": template(PackageResources.timeline_mustache),
      "change": template(PackageResources.change_mustache),
      "conditions": template(PackageResources.conditions_mustache),
      "connector": template(PackageResources.connector_mustache),
      "connectors": template(PackageResources.connectors_mustache),
      "rollback": template(PackageResources.rollback_mustache),
      "flow": template(PackageResources.flow_mustache),
      "flows": template(PackageResources.flows_mustache),
      "time-rollback-freezes": template(PackageResources.time_rollback_freezes_mustache),
      "time-rollback-form": template(PackageResources.time_rollback_form_mustache),
      "time-rollback-plan": template(PackageResources.time_rollback_plan_mustache),
      "time-rollback-progress": template(PackageResources.time_rollback_progress_mustache),
      "time-rollback-steps": template(PackageResources.time_rollback_steps_mustache),
      "differences": template(PackageResources.differences_mustache),
      "evidence": template(PackageResources.evidence_mustache),
      "export": template(PackageResources.export_mustache),
      "freezes": template(PackageResources.freezes_mustache),
      "froze": template(PackageResources.froze_mustache),
      "frozen": template(PackageResources.frozen_mustache),
      "integrity": template(PackageResources.integrity_mustache),
      "message": template(PackageResources.message_mustache),
      "filter": template(PackageResources.filter_mustache),
      "period": template(PackageResources.period_mustache),
      "time-forms": template(PackageResources.time_forms_mustache),
      "time-input": template(PackageResources.time_input_mustache),
      "move": template(PackageResources.move_mustache),
      "row": template(PackageResources.row_mustache),
      "reference": template(PackageResources.reference_mustache),
    ]
  }()

  /// Parses a template.
  ///
  /// A template that can't be parsed ends the process. All templates are parsed when the first page is rendered, so
  /// every test of a page finds a template that can't be parsed.
  private static func template(_ bytes: [UInt8]) -> MustacheTemplate {
    do {
      return try MustacheTemplate(string: "{{% CONTENT_TYPE:ESCAPED}}" + String(decoding: bytes, as: UTF8.self))
    } catch {
      preconditionFailure("A template can't be parsed: \(error)")
    }
  }

  /// Renders a page with the template that has this name.
  ///
  /// Times are in the time zone of the frame, and all paths are below its base path.
  static func render(_ page: FramedPage<some Sendable>, _ name: String) -> String {
    let html = library.render(PageNode.value(of: page, in: page.frame.zone) ?? "", withTemplate: name) ?? ""
    return page.frame.basePath.isEmpty ? html : below(page.frame.basePath, html)
  }

  /// The starts of the attributes that can contain a path of this server.
  private static let pathAttributes = [
    " href=\"", " action=\"", " src=\"", " data-count=\"", " data-news=\"", " content=\"0; url=",
  ].map { Array($0.utf8) }

  /// Returns a page with a base path in front of each path of this server.
  ///
  /// Templates and view models contain paths without the base path, and only this method adds the base path. The text
  /// of a user is never changed: its quotes are escaped, and each text in `pathAttributes` contains a quote.
  private static func below(_ basePath: String, _ html: String) -> String {
    let bytes = Array(html.utf8)
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count + 4096)
    for (index, byte) in bytes.enumerated() {
      if byte == UInt8(ascii: "/"), pathAttributes.contains(where: { bytes[..<index].suffix($0.count) == $0[...] }) {
        output += basePath.utf8
      }
      output.append(byte)
    }
    return String(decoding: output, as: UTF8.self)
  }
}
