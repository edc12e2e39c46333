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
  /// Creates a period from its name in the query of a URL. Throws an error if the whole period is in the future.
  init(begunByNow name: String) throws(RequestError) {
    do { try self.init(name, begunBy: Timestamp(Date())) } catch {
      throw .badRequest(error.description, target: "period")
    }
  }
}
