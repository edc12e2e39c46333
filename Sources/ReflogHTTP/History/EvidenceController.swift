import FoundationEssentials
import Hummingbird
import ReflogEvidence
import ReflogModel

/// The route that returns a pack: a ZIP file for auditors with the changes of a period.
struct EvidenceController {
  let packs: EvidencePacks

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.get("/auditLogs/evidence", use: pack)
  }

  private func pack(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let options = try QueryOptions(request, allowing: [.period, .flow])
    guard let name = options[.period] else {
      throw RequestError.badRequest("period is missing. Use \(Period.forms).", target: "period")
    }
    return try await packs.response(EvidenceRequest(try Period(begunByNow: name), flow: options[.flow]), context)
  }
}

extension Period {
  /// Creates a period that has begun, from the name of the period in the query of a URL.
  init(begunByNow name: String) throws(RequestError) {
    do { try self.init(name, begunBy: Timestamp(Date())) } catch {
      throw .badRequest(error.description, target: "period")
    }
  }
}
