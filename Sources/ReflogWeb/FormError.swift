/// An error in a field of a form on a page.
package struct FormError: Error, CustomStringConvertible {
  package let description: String
  /// The name of the field, or nil if the error is not about one field.
  package let field: String?

  /// Creates an error.
  ///
  /// - Parameters:
  ///   - description: what is wrong, and what to enter instead.
  ///   - field: the name of the field, or nil if the error is not about one field.
  package init(_ description: String, in field: String? = nil) {
    (self.description, self.field) = (description, field)
  }

  /// Returns the description, or nil if the error is about one of these fields. The page then shows the error at the
  /// field.
  func message(except fields: TimeField...) -> String? {
    fields.contains { $0.name == field } ? nil : description
  }
}
