import Hummingbird
import ReflogModel

/// Serves the OpenAPI description, without a credential.
struct OpenAPIController {
  func addRoutes(to router: RouterGroup<ReflogRequestContext>) {
    router.get("/openapi.json") { request, context in
      _ = try QueryOptions(request, allowing: [])
      return Response(json: OpenAPI.document(baseURL: request.baseURL(context)))
    }
  }
}
