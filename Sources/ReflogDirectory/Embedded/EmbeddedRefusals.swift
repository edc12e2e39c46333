import ReflogModel

/// The refusals of the embedded directory, with the codes and messages of Microsoft Graph.
extension DirectoryRefusal: Error {
  static func notFound(_ id: String) -> DirectoryRefusal {
    DirectoryRefusal(
      httpStatus: 404,
      code: "Request_ResourceNotFound",
      message: "Resource '\(id)' does not exist or one of its queried reference-property objects are not present."
    )
  }

  static func unknownSegment(_ segment: String) -> DirectoryRefusal {
    DirectoryRefusal(httpStatus: 400, code: "BadRequest", message: "Resource not found for the segment '\(segment)'.")
  }

  static func badRequest(_ message: String) -> DirectoryRefusal {
    DirectoryRefusal(httpStatus: 400, code: "BadRequest", message: message)
  }

  static func conflict(_ message: String) -> DirectoryRefusal {
    DirectoryRefusal(httpStatus: 409, code: "Request_Conflict", message: message)
  }
}
