import FoundationEssentials
import Hummingbird
import ReflogModel
import ReflogService
import ReflogWeb

/// The page with the steps that differ between two times: the page of flows with the field `compareWith`.
struct DifferencesController {
  /// The maximum number of differences on a page.
  private static let pageSize = 50
  /// The name of the field with the later time.
  static let field = "compareWith"
  /// The value of the field for the current references.
  static let now = "now"

  let history: HistoryService
  let directory: DirectoryKind

  /// Returns the page for the fields of a request.
  ///
  /// If `compareWith` is missing, the later time is the current time.
  func show(_ fields: [String: String], _ context: ReflogRequestContext) async throws -> Response {
    var question = DifferencesPage.Question()
    question.search = fields["flow"] ?? ""
    question.isBehindOthers = fields["behind"] != nil
    (question.asOf, question.compareWith) = (fields["asOf"] ?? "", fields[Self.field] ?? Self.now)
    if question.compareWith.asciiFolded == Self.now { question.compareWith = Self.now }
    guard let times = Self.times(&question, fields) else {
      return response(DifferencesPage(nil, shown: [], of: question, next: nil), context)
    }
    question.asOf = context.zone.field(times.first, roundedUp: true)
    if question.compareWith != Self.now { question.compareWith = context.zone.field(times.second, roundedUp: true) }
    let search = question.search.asciiFolded
    let comparison = try await history.comparison(from: times.first, to: times.second).filtered { _, after in
      search.isEmpty || after.address.flow.text.asciiFolded.contains(search)
    }
    let behind = fields["behind"].flatMap { Address($0) }
    let rest = comparison.differences(behind: behind)
    let shown = Array(rest.prefix(Self.pageSize))
    let next = shown.count < rest.count ? shown.last?.address : nil
    let page = DifferencesPage(
      comparison,
      shown: shown,
      of: question,
      next: next.map { Request.encoded(fields.merging(["behind": "\($0)"]) { $1 }) }
    )
    return response(page, context)
  }

  private func response(_ page: DifferencesPage, _ context: ReflogRequestContext) -> Response {
    Response(page: page.render(in: context.frame(directory)))
  }

  /// Returns the two times that a person typed, or nil if one of them is not a time in the past.
  ///
  /// The method adds the errors to the question. The second time is `distantFuture` if the person requested the current
  /// references.
  private static func times(
    _ question: inout DifferencesPage.Question,
    _ fields: [String: String]
  ) -> (first: Timestamp, second: Timestamp)? {
    let times: PageTime
    do { times = PageTime(in: try PageTimeZone(ofTimesIn: fields)) } catch {
      question.problems = [error]
      return nil
    }
    var (first, second): (Timestamp?, Timestamp?) = (nil, .distantFuture)
    do { first = try times.past(question.asOf, in: "asOf") } catch { question.problems.append(error) }
    if question.compareWith != now {
      do { second = try times.past(question.compareWith, in: field) } catch { question.problems.append(error) }
    }
    guard let first, let second, question.problems.isEmpty else { return nil }
    guard first <= second else {
      question.problems = [
        FormError("The second time is earlier than the first time. Enter the earlier time first.", in: field)
      ]
      return nil
    }
    return (first, second)
  }
}
