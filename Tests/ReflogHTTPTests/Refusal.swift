@testable import ReflogHTTP

/// Returns the message with which a call is refused.
func message(_ call: () throws -> Void) -> String {
  do {
    try call()
    return "not refused"
  } catch let error as FormError {
    return error.description
  } catch {
    return ErrorAnswer(error).message
  }
}
