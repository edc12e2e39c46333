import Hummingbird
import ReflogModel

/// What can be asked of this server, for tools.
struct OpenAPIController {
  func addRoutes(to router: Router<ReflogRequestContext>) {
    router.get("/openapi.json") { request, context in
      Response(json: OpenAPI.document(baseURL: request.baseURL(context)))
    }
  }
}
