import ReflogModel
import ReflogStorage

/// A scan of the table `change_personal`, for a filter with a condition on a text in this table.
///
/// No index of the ledger contains the texts of this table, because an index could keep a part of an erased text. The
/// rows of this table are small, so a scan of this table alone is several times faster than a scan of changes. If
/// ``ReasonIndex`` contains the changes, the index finds candidates, and only these candidates are compared with the
/// condition.
struct PersonalScan: Sendable {
  private let test: FilterSQL
  /// The whole filter in SQL, or nil if `test` alone decides which changes match.
  private let filter: FilterSQL?
  /// The text that the reasons of all matching changes contain.
  ///
  /// The value is nil if the condition is not on the reason, or if the text is too short for ``ReasonIndex``.
  let indexedText: SearchText?

  /// Creates the scan for a filter, or returns nil if the scan can't answer the filter.
  ///
  /// The filter must consist of a condition on a text of `change_personal`, or must join such a condition to its other
  /// terms by `and`. Then every matching change fulfils the condition.
  ///
  /// - Parameters:
  ///   - filter: The filter.
  ///   - sql: The whole filter in SQL.
  ///   - dialect: The SQL of the database.
  init?(_ filter: ChangeFilter, _ sql: FilterSQL, _ dialect: any Dialect) {
    let terms = filter.conjuncts.filter { !$0.isRange }
    guard let term = terms.first(where: { Self.indexedText($0) != nil }) ?? terms.first(where: Self.isTest) else {
      return nil
    }
    self.init(of: term, filteredBy: terms.count == 1 ? nil : sql, dialect)
  }

  /// Creates the scan for the changes that match a filter and also fulfil a condition on a text of `change_personal`.
  ///
  /// - Parameters:
  ///   - term: The condition.
  ///   - sql: The filter in SQL, or nil if the condition alone decides which changes are found.
  ///   - dialect: The SQL of the database.
  init(of term: ChangeFilter, filteredBy sql: FilterSQL?, _ dialect: any Dialect) {
    test = FilterSQL(term, IdentityMatches(), dialect, binding: "test")
    filter = sql
    indexedText = Self.indexedText(term)
  }

  private static func indexedText(_ filter: ChangeFilter) -> SearchText? {
    guard let (field, part) = condition(filter), field == .plain(.reason) else { return nil }
    let text = SearchText(part)
    return text.terms.isEmpty ? nil : text
  }

  /// Returns whether a filter consists of one condition on a text of `change_personal`.
  static func isTest(_ filter: ChangeFilter) -> Bool {
    condition(filter).map { columns.contains($0.field) } ?? false
  }

  /// Returns the field and the text of a filter that consists of one condition on a text, or nil for any other filter.
  ///
  /// All matching changes contain the text in this field.
  private static func condition(_ filter: ChangeFilter) -> (field: ChangeField, text: String)? {
    if case .comparison(let field, .eq, .text(let text)) = filter { return (field, text) }
    return TextTest.of(filter).map { ($0.field, $0.test.text) }
  }

  /// The fields whose texts are in the table `change_personal`.
  private static let columns: [ChangeField] = [.plain(.reason), .initiatedBy(.ipAddress)]

  /// Returns the SQL that selects the ids of the changes that match; `ORDER BY` and `LIMIT` can be appended.
  ///
  /// - Parameter candidates: An SQL query for the ids of the changes to compare with the filter, or nil for all
  ///   changes.
  func select(among candidates: String? = nil) -> String {
    let whole = filter.map {
      """
       AND EXISTS (
        SELECT change.id FROM change LEFT JOIN freeze_override ON freeze_override.change = change.id
        WHERE change.id = personal.change AND \($0.condition)
      )
      """
    }
    let only = candidates.map { " AND personal.change IN (\($0))" }
    return """
      SELECT personal.change FROM change_personal AS personal
      WHERE personal.change BETWEEN :first AND :last\(only ?? "") AND \(test.condition)\(whole ?? "")
      """
  }

  /// The arguments of ``select(among:)``, except the limits of the range of ids.
  var conditionArguments: SQLArguments { testArguments + SQLArguments(filter?.arguments ?? [:]) }

  /// The arguments of the condition `test` in ``select(among:)``.
  var testArguments: SQLArguments { SQLArguments(test.arguments) }
}
