import HTTPTypes

extension HTTPFields {
  /// The value of a field by its name, in any case; `nil` where it is not there.
  subscript(named name: String) -> String? {
    get { HTTPField.Name(name).flatMap { self[$0] } }
    set { if let name = HTTPField.Name(name) { self[name] = newValue } }
  }
}
