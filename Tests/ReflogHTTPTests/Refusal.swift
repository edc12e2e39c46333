import ReflogWeb

@testable import ReflogHTTP

/// Returns the message of the error that a call throws.
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
