/// A field of a form in which a person types a time.
///
/// The fields of all pages accept a time in the same forms as the command line, such as `2026-03-01` or `2d`.
struct TimeField: Sendable {
  let name: String
  let value: String
  let isRequired: Bool
  /// Examples of a time, which an empty field shows.
  let placeholder: String
  /// The message about the text in the field, or nil if the text is valid.
  let problem: String?

  /// Creates a field.
  ///
  /// - Parameters:
  ///   - name: the name of the field.
  ///   - value: the text in the field, or nil for an empty field.
  ///   - isRequired: whether a browser sends the form only if the field is filled.
  ///   - placeholder: examples of a time, which an empty field shows.
  ///   - problem: the error of the form, or nil. The field shows the error only if the error is about this field.
  init(
    _ name: String,
    _ value: String?,
    isRequired: Bool = false,
    placeholder: String = "2026-11-23 14:00 or 2h",
    problem: FormError?
  ) {
    self.name = name
    self.value = value ?? ""
    self.isRequired = isRequired
    self.placeholder = placeholder
    self.problem = problem.flatMap { $0.field == name ? $0.description : nil }
  }
}
