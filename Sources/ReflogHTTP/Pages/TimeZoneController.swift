import HTTPTypes
import Hummingbird
import ReflogModel
import ReflogWeb

/// The route that sets the time zone in which the pages show times.
struct TimeZoneController {
  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.post("/time-zone", use: choose)
  }

  /// Stores the time zone in a cookie of the browser, and opens the page from which the form was sent.
  private func choose(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let form = try request.form(of: try context.requireSession(), context)
    let zone: PageTimeZone
    do { zone = try PageTimeZone(named: form["zone"] ?? "") } catch {
      throw RequestError.badRequest(error.description, target: "zone")
    }
    var response = Response.seeOther(SignInTarget.path(form["target"]))
    response.headers[.setCookie] = TimeZoneCookie.setting(zone, context)
    return response
  }
}
