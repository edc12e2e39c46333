import HTTPTypes
import Hummingbird
import ReflogModel

extension Request {
  /// Returns the fields of the form in the request's body (`application/x-www-form-urlencoded`).
  ///
  /// Spaces at both ends of a value are removed. The method throws an error if a field occurs twice.
  func form(_ context: ReflogRequestContext) throws -> [String: String] {
    guard headers[.contentType]?.lowercased().hasPrefix("application/x-www-form-urlencoded") == true else {
      throw RequestError.badRequest("The body is not a form. Send application/x-www-form-urlencoded.", target: "body")
    }
    return try Self.fields(String(buffer: try context.boundedBody()))
  }

  /// Returns the fields of a form in the URL, without empty fields.
  func filledQuery() throws(RequestError) -> [String: String] {
    try Self.fields(uri.query ?? "").filter { !$0.value.isEmpty }
  }

  /// Returns the fields of the filter form in the URL, without empty fields.
  ///
  /// If the form contains no time, its time zone is left out too. A time such as `2h` is replaced by the moment that it
  /// means. The method throws an error if the name of a field is not in `names`. If `names` is nil, all names are
  /// allowed.
  func filterQuery(allowing names: [String]? = nil) throws(RequestError) -> [String: String] {
    let fields = if let names { try filledQuery(allowing: names) } else { try filledQuery() }
    guard fields["since"] != nil || fields["until"] != nil else { return fields.filter { $0.key != "zone" } }
    return PageTime.absolute(fields, ["since", "until"])
  }

  /// Returns the fields of a form in the URL, without empty fields.
  ///
  /// The method throws an error if the name of a field is not in `names`, because the page would ignore the field.
  func filledQuery(allowing names: [String]) throws(RequestError) -> [String: String] {
    let fields = try Self.fields(uri.query ?? "")
    if let other = fields.keys.first(where: { !names.contains($0) }) {
      throw .badRequest("The query option \(other) is not supported here.", target: other)
    }
    return fields.filter { !$0.value.isEmpty }
  }

  /// Returns the query of a URL that contains these fields, sorted by name.
  static func encoded(_ fields: [String: String]) -> String {
    fields.sorted { $0.key < $1.key }.map { QueryItem($0, $1) }.encoded()
  }

  private static func fields(_ text: String) throws(RequestError) -> [String: String] {
    var fields: [String: String] = [:]
    for pair in text.split(separator: "&") {
      guard let item = QueryItem(encoded: pair) else {
        let name = String(pair.prefix { $0 != "=" })
        throw .badRequest("A field of the form is not percent-encoded UTF-8.", target: name)
      }
      guard fields[item.name] == nil else {
        throw .badRequest("The field \(item.name) is given twice.", target: item.name)
      }
      guard !item.name.containsZero, !item.value.containsZero else {
        throw .badRequest("\(item.name) contains U+0000, which can't be recorded. Remove it.", target: item.name)
      }
      let start = item.value.drop { $0 == " " }
      fields[item.name] = String(start.reversed().drop { $0 == " " }.reversed())
    }
    return fields
  }
}
