import Mustache

/// The templates of all pages, parsed once. Each template is a file of this target and is embedded in the binary.
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
      "connector": template(PackageResources.connector_mustache),
      "rollback": template(PackageResources.rollback_mustache),
      "flow": template(PackageResources.flow_mustache),
      "flows": template(PackageResources.flows_mustache),
      "time-rollback-form": template(PackageResources.time_rollback_form_mustache),
      "time-rollback-plan": template(PackageResources.time_rollback_plan_mustache),
      "time-rollback-progress": template(PackageResources.time_rollback_progress_mustache),
      "time-rollback-steps": template(PackageResources.time_rollback_steps_mustache),
      "evidence": template(PackageResources.evidence_mustache),
      "export": template(PackageResources.export_mustache),
      "freezes": template(PackageResources.freezes_mustache),
      "integrity": template(PackageResources.integrity_mustache),
      "message": template(PackageResources.message_mustache),
      "filter": template(PackageResources.filter_mustache),
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

  /// Renders a view model with the template that has this name.
  static func render(_ model: some Any, _ name: String) -> String {
    library.render(PageNode.value(of: model) ?? "", withTemplate: name) ?? ""
  }
}
