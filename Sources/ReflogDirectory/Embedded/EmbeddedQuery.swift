import ReflogModel

/// The query options of a read of the embedded directory.
///
/// The options have the same meaning as in Microsoft Graph. A read of a list accepts `$filter`, `$orderby`, `$top`,
/// `$skip`, `$count`, `$select` and `$expand`. A read of a single object accepts `$select` and `$expand`. The `$` is
/// optional, as in the beta version of Microsoft Graph.
struct EmbeddedQuery {
  fileprivate enum Option: String, CaseIterable {
    case filter, orderby, top, skip, count, select, expand
  }

  /// The kind of the answer to a read; the accepted options depend on this kind.
  enum Answer {
    case list, object, number, nothing

    fileprivate var options: [Option] {
      switch self {
      case .list: Option.allCases
      case .object: [.select, .expand]
      case .number: [.filter]
      case .nothing: []
      }
    }
  }

  private let items: [QueryItem]
  private let values: [Option: String]
  private let type: EmbeddedType

  /// Reads the options, or throws a refusal.
  ///
  /// An option is refused if the option is unknown, occurs twice, or is not accepted for this kind of answer.
  init(_ items: [QueryItem], of type: EmbeddedType, for answer: Answer) throws(DirectoryRefusal) {
    var values: [Option: String] = [:]
    for item in items {
      let name = item.name.hasPrefix("$") ? String(item.name.dropFirst()) : item.name
      guard let option = Option(rawValue: name.asciiFolded), answer.options.contains(option) else {
        throw .badRequest("The embedded directory does not support the query option \(item.name.printable) here.")
      }
      guard values[option] == nil else {
        throw .badRequest("The query option \(item.name.printable) is given twice.")
      }
      values[option] = item.value
    }
    (self.items, self.values, self.type) = (items, values, type)
  }

  /// The collections that `$expand` adds to each object.
  func expanded() throws(DirectoryRefusal) -> [EmbeddedPart] {
    try names(.expand).map { (name) throws(DirectoryRefusal) in
      guard let part = type.expandable.first(where: { $0.rawValue.isSame(as: name) }) else {
        throw .badRequest(
          "Could not find a navigation property named '\(name.printable)' on type 'microsoft.graph.\(type.name)'."
        )
      }
      return part
    }
  }

  /// Returns the number of objects that match `$filter`, as the answer to `/$count`.
  func count(_ objects: [JSONObject]) throws(DirectoryRefusal) -> DirectoryResponse {
    let text = String(try filtered(objects).count)
    return DirectoryResponse(httpStatus: 200, raw: .init(contentType: "text/plain", bytes: Array(text.utf8)))
  }

  /// Returns one object with the selected properties.
  func object(_ object: JSONObject, at path: String) throws(DirectoryRefusal) -> DirectoryResponse {
    DirectoryResponse(
      httpStatus: 200,
      body: try selecting()(object),
      contextFragment: path + (try selection()) + "/$entity"
    )
  }

  /// Returns the page of objects that the options request.
  ///
  /// - Parameters:
  ///   - objects: All objects of the list.
  ///   - path: The path of the list, without a slash at the start, such as `identity/apiConnectors`.
  ///   - version: The version of the API in the link to the next page.
  func list(_ objects: [JSONObject], at path: String, _ version: APIVersion) throws(DirectoryRefusal)
    -> DirectoryResponse
  {
    let matching = try sorted(try filtered(objects))
    let (skip, top) = (try number(.skip, from: 0) ?? 0, try number(.top, from: 1))
    let rest = matching.dropFirst(skip)
    let page = top.map { rest.prefix($0) } ?? rest
    var body: JSONObject = [:]
    if try flag(.count) { body["@odata.count"] = .integer(matching.count) }
    if page.count < rest.count {
      let kept = items.filter { !["$skip", "skip"].contains($0.name.asciiFolded) }
      let next = (kept + [QueryItem("$skip", String(skip + page.count))]).encoded(keeping: "$,'()*:/@")
      body["@odata.nextLink"] = .string("\(Self.linkBase)/\(version.rawValue)/\(path)?\(next)")
    }
    let select = try selecting()
    body["value"] = .array(page.map { .object(select($0)) })
    return DirectoryResponse(
      httpStatus: 200,
      body: body,
      contextFragment: path + (try selection()),
      linkBase: Self.linkBase
    )
  }

  /// The beginning of each link.
  ///
  /// Before Reflog's server sends the answer, the server replaces this beginning with its own URL.
  private static let linkBase = "https://embedded"

  private func filtered(_ objects: [JSONObject]) throws(DirectoryRefusal) -> [JSONObject] {
    guard let text = values[.filter] else { return objects }
    let filter: Filter<EmbeddedProperty>
    do { filter = try Filter.parse(text) } catch { throw .badRequest(error.description) }
    for field in filter.fields { _ = try type.property(field.rawValue) }
    return objects.filter { object in filter.matches { $0.value(in: object) } }
  }

  private func sorted(_ objects: [JSONObject]) throws(DirectoryRefusal) -> [JSONObject] {
    let keys = try names(.orderby).map { (item) throws(DirectoryRefusal) in try sortKey(item) }
    let sorted = objects.enumerated().sorted { left, right in
      for (property, isAscending) in keys {
        let values = (property.value(in: left.element), property.value(in: right.element))
        if Self.precedes(values.0, values.1) { return isAscending }
        if Self.precedes(values.1, values.0) { return !isAscending }
      }
      return left.offset < right.offset
    }
    return sorted.map(\.element)
  }

  private func sortKey(_ item: String) throws(DirectoryRefusal) -> (property: EmbeddedProperty, isAscending: Bool) {
    let parts = item.split(separator: " ")
    let direction = parts.count == 1 ? "asc" : parts[1].description.asciiFolded
    guard parts.count <= 2, ["asc", "desc"].contains(direction) else {
      throw .badRequest("Syntax error in $orderby: '\(item.printable)'.")
    }
    return (try type.property(parts[0]), direction == "asc")
  }

  /// Returns whether a value is sorted in front of another value.
  ///
  /// Null is sorted in front of all values (OData 4.01 URL Conventions §5.1.5).
  private static func precedes(_ left: FilterValue, _ right: FilterValue) -> Bool {
    switch (left, right) {
    case (.null, .null): false
    case (.null, _): true
    case (.text(let left), .text(let right)): left.utf8.lexicographicallyPrecedes(right.utf8)
    case (.number(let left), .number(let right)): left < right
    case (.flag(let left), .flag(let right)): !left && right
    default: false
    }
  }

  private func selecting() throws(DirectoryRefusal) -> (JSONObject) -> JSONObject {
    let selected = try names(.select)
    guard !selected.isEmpty, selected != ["*"] else { return { $0 } }
    let known = Set(try selected.map { (name) throws(DirectoryRefusal) in try type.property(name).rawValue })
    let expanded = Set(try self.expanded().map(\.rawValue))
    return { object in
      JSONObject(uniqueMembers: object.members.filter { known.contains($0.name) || expanded.contains($0.name) })
    }
  }

  /// Returns the selected and expanded properties in parentheses, in the form that `@odata.context` needs.
  private func selection() throws(DirectoryRefusal) -> String {
    let names = try names(.select) + (try expanded()).map { $0.rawValue + "()" }
    return names.isEmpty ? "" : "(\(names.joined(separator: ",")))"
  }

  private func names(_ option: Option) throws(DirectoryRefusal) -> [String] {
    guard let text = values[option] else { return [] }
    let names = text.split(separator: ",", omittingEmptySubsequences: false).map {
      $0.split(separator: " ").joined(separator: " ")
    }
    guard !names.contains("") else { throw .badRequest("$\(option.rawValue) has an empty item.") }
    return names
  }

  private func number(_ option: Option, from minimum: Int) throws(DirectoryRefusal) -> Int? {
    guard let text = values[option] else { return nil }
    guard let number = Int(text), number >= minimum else {
      throw .badRequest("Invalid value '\(text.printable)' for $\(option.rawValue).")
    }
    return number
  }

  private func flag(_ option: Option) throws(DirectoryRefusal) -> Bool {
    switch values[option]?.asciiFolded {
    case nil, "false": return false
    case "true": return true
    case let text?: throw .badRequest("Invalid value '\(text.printable)' for $\(option.rawValue).")
    }
  }
}

extension EmbeddedQuery {
  /// Returns the steps in the option `$expand` of a request that reads a flow's configuration.
  static func expandedSteps(_ query: [QueryItem]) throws(DirectoryRefusal) -> [Step] {
    let options = try EmbeddedQuery(query, of: .configuration, for: .object)
    guard options.values[.select] == nil else {
      throw .badRequest("The embedded directory does not support the query option $select here.")
    }
    var steps: [Step] = []
    for part in options.values[.expand]?.split(separator: ",", omittingEmptySubsequences: false) ?? [] {
      guard let step = Step(part) else { throw .badRequest("$expand must be a list of steps, separated by commas.") }
      if !steps.contains(step) { steps.append(step) }
    }
    return steps
  }
}
