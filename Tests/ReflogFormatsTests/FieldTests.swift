import ReflogFormats
import ReflogModel
import Testing

struct FieldTests {
  @Test func everyFieldOfAChangeIsFoundByItsPath() {
    #expect(ChangeField.allCases.allSatisfy { ChangeField(rawValue: $0.rawValue) == $0 })
    #expect(Set(ChangeField.allCases.map(\.rawValue)).count == ChangeField.allCases.count)
  }

  @Test func everyPlainFieldIsAMemberOfJSONAndAColumnOfCSV() {
    let fields = Set(ChangeField.Plain.allCases.map(\.rawValue))

    #expect(fields.isSubset(of: Change.members.map(\.name)))
    #expect(fields.isSubset(of: Change.columns.map(\.name)))
  }

  @Test func noTwoMembersOrColumnsHaveTheSameName() {
    for names in [
      Change.members.map(\.name), Change.columns.map(\.name), ServiceEvent.members.map(\.name),
      ServiceEvent.columns.map(\.name), ConnectorConfiguration.members.map(\.name),
    ] { #expect(Set(names).count == names.count) }
  }

  @Test func aMemberThatNoFilterCanContainIsNoFilterField() {
    #expect(ChangeField(rawValue: "changedProperties") == nil)
    #expect(ConfigurationField(rawValue: "initiatedBy/ipAddress") == nil)
    #expect(EventField(rawValue: "initiatedBy/proof") == nil)
  }

  @Test func theTextOfAFilterIsReadAsAnEqualFilter() throws {
    let text =
      "(not startswith(reason,'it''s') or (after/connectorId in ('a', null) "
      + "and activityDateTime ge 2026-03-01T14:00:00.000000Z))"

    let filter = try ChangeFilter.parse(text)

    #expect(filter.description == text)
    #expect(try ChangeFilter.parse(filter.description) == filter)
  }
}
