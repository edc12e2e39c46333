import HTTPTypes
import Hummingbird
import ReflogModel
import ReflogWeb

/// The route that sets the time zone in which the pages show times.
struct TimeZoneController {
  let errors: ErrorPage

  func addRoutes(to group: RouterGroup<ReflogRequestContext>) {
    group.post("/time-zone", use: choose)
  }

  /// Stores the time zone in a cookie of the browser, and opens the page from which the form was sent.
  private func choose(_ request: Request, _ context: ReflogRequestContext) async throws -> Response {
    let form = try request.form(of: try context.requireSession(), context)
    let zone: PageTimeZone
    let target = SignInTarget.path(form["target"])
    do { zone = try PageTimeZone(named: form["zone"] ?? "") } catch {
      // The page with the error contains the form again. When the person sends the form again, the browser still opens
      // the original page.
      var context = context
      context.pagePath = target
      return errors.response(to: RequestError.badRequest(error.description, target: "zone"), request, context)
    }
    var response = Response.seeOther(target)
    response.headers[.setCookie] = TimeZoneCookie.setting(zone, context)
    return response
  }
}
