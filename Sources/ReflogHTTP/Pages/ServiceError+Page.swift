import ReflogModel
import ReflogService

extension ServiceError {
  /// What went wrong, for somebody who sees a page: where the words for a program name what it sends, others.
  var onPage: String {
    switch self {
    case .reasonRequired(let pattern): "Every change here needs a reason that matches \(pattern)."
    case .changeSuperseded(let id, _): "Later changes stand in the way of rolling back change \(id)."
    case .questionTooBroad:
      "To count that takes too long over this much history. Ask for less: a time, a flow, somebody, a connector."
    case .timeRollbackNotFound: "There is no such rollback to a time."
    case .otherTimeRollback: "This plan is of another rollback. Make it anew."
    default: description
    }
  }
}
