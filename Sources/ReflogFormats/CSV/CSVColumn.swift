import ReflogModel

/// A column of CSV: its name, and what stands in its cells.
package struct CSVColumn<Subject>: Sendable {
  package let name: String
  let value: @Sendable (Subject) -> FilterValue

  init(_ name: String, _ value: @escaping @Sendable (Subject) -> FilterValue) {
    self.name = name
    self.value = value
  }
}
