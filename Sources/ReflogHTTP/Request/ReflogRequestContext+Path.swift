import Hummingbird
import ReflogModel

/// Methods that check a segment of the path and return the value of the segment.
extension ReflogRequestContext {
  /// Returns the version of the API.
  func version() throws(RequestError) -> APIVersion {
    guard let version = APIVersion(segment: pathParameters["version"] ?? "") else { throw .notProxied }
    return version
  }

  func flowType() throws(RequestError) -> FlowType {
    let segment = pathParameters["flowType"] ?? ""
    guard let flowType = FlowType(segment: segment) else {
      throw UnforwardedRequest.error(at: "/\(APIVersion.beta.rawValue)/identity/\(segment)")
    }
    return flowType
  }

  func flowID() throws(RequestError) -> FlowID {
    guard let id = FlowID(pathParameters["flow"] ?? "") else {
      throw .badRequest("A user flow's id must have 1 to 128 letters, digits, '_', '.' or '-'.", target: "flow")
    }
    return id
  }

  func step() throws(RequestError) -> Step {
    guard let step = Step(pathParameters["step"] ?? "") else {
      throw .badRequest("A step's name must have letters and digits only, and begin with a letter.", target: "step")
    }
    return step
  }

  func address() throws(RequestError) -> Address {
    Address(flowType: try flowType(), flow: try flowID(), step: try step())
  }

  func connectorID() throws(RequestError) -> ConnectorID {
    guard let id = ConnectorID(pathParameters["connector"] ?? "") else {
      throw .badRequest("A connector's id must have 1 to 128 letters, digits, '_', '.' or '-'.", target: "connector")
    }
    return id
  }

  func changeID() throws(RequestError) -> Change.ID {
    guard let id = Change.ID(pathParameters["change"] ?? "") else {
      throw .badRequest("A change's id must be a positive whole number.", target: "id")
    }
    return id
  }
}
