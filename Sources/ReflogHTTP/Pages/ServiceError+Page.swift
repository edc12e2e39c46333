import ReflogModel
import ReflogService

extension ServiceError {
  /// The message for a person who reads a page.
  ///
  /// The message differs from `description` if `description` mentions a header or an option of the command line.
  var onPage: String {
    switch self {
    case .reasonRequired(let pattern): "Every change needs a reason that matches \(pattern). Enter one."
    case .changeSuperseded(let id, _):
      "Change \(id) was not rolled back, because later changes at the same step block the rollback."
    case .editSuperseded(let id, _):
      "The values before change \(id) were not restored, because later changes wrote the same properties."
    case .questionTooBroad:
      "The count takes too long over this much history. Narrow the filter: a time, a flow, an actor or a connector."
    case .impactTooBroad(let count, let most):
      "The filter selects \(count) steps. With changes of connectors, at most \(most) steps can be searched. Name "
        + "fewer flows."
    case .frozen(_, let covering):
      "\(covering.summary). Nothing was changed. Wait until the freeze is over, release it, or override it."
    case .timeRollbackNotFound: "This rollback to a time does not exist."
    case .otherTimeRollback: "This plan belongs to another rollback. Make a new plan."
    default: description
    }
  }
}
