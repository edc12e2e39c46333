import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import ReflogModel

/// A client that sends requests to the public HTTP routes of a Reflog server.
struct ServerClient {
  /// The server's URL, without a slash at the end.
  let baseURL: String
  /// The API token, or nil to send no token.
  let token: String?
  let http: HTTPClient
  private let notice = TokenNotice()

  /// The parts of an answer that commands need.
  struct Answer {
    let status: Int
    let body: JSONObject
    /// The id of the recorded change, or nil if the answer does not contain an id.
    let changeID: String?
  }

  /// The time limit for a request.
  ///
  /// The limit is longer than the maximum time that a request can wait for a keyed lock in the server.
  private static let timeout = TimeAmount.seconds(60)
  /// The time limit for a count, which a command shows only in a message in addition to the result.
  static let countTimeout = TimeAmount.seconds(3)
  /// The maximum size, in bytes, of an answer.
  ///
  /// Every page of changes is smaller.
  private static let bodyLimit = 64 << 20

  /// Sends a request and returns the answer.
  ///
  /// The method throws a `CommandFailure` if the status of the answer is not 2xx.
  func send(
    _ method: HTTPMethod,
    _ path: String,
    body: JSONObject? = nil,
    reason: String? = nil,
    override: String? = nil,
    timeout: TimeAmount = ServerClient.timeout
  ) async throws -> Answer {
    var request = self.request(method, path)
    if let body {
      request.headers.add(name: "content-type", value: "application/json")
      request.body = .bytes(JSONValue.object(body).bytes)
    }
    if let reason { request.headers.add(name: "Reflog-Reason", value: reason.percentEncoded()) }
    if let override { request.headers.add(name: "Reflog-Override", value: override.percentEncoded()) }
    let response = try await execute(request, timeout)
    let bytes = try await response.body.collect(upTo: Self.bodyLimit)
    let answer = Answer(
      status: Int(response.status.code),
      body: (try? JSONValue(parsing: bytes.readableBytesView))?.object ?? [:],
      changeID: response.headers.first(name: "Reflog-Change-Id")
    )
    try refuseRedirect(response)
    guard (200..<300).contains(answer.status) else { throw CommandFailure(answer: answer) }
    return answer
  }

  /// Passes the body of an answer to a closure, piece by piece, and returns the answer's headers.
  @discardableResult
  func stream(_ path: String, to output: (ByteBuffer) throws -> Void) async throws -> HTTPHeaders {
    let response = try await execute(request(.GET, path), Self.timeout)
    try refuseRedirect(response)
    guard response.status.code == 200 else {
      let bytes = try await response.body.collect(upTo: Self.bodyLimit)
      let body = (try? JSONValue(parsing: bytes.readableBytesView))?.object ?? [:]
      throw CommandFailure(answer: Answer(status: Int(response.status.code), body: body, changeID: nil))
    }
    do {
      for try await piece in response.body { try output(piece) }
    } catch let failure as CommandFailure {
      throw failure
    } catch {
      throw CommandFailure(.tryAgain, "The connection to \(baseURL) ended early (\(error)). The output is incomplete.")
    }
    return response.headers
  }

  private func request(_ method: HTTPMethod, _ path: String) -> HTTPClientRequest {
    var request = HTTPClientRequest(url: baseURL + path)
    request.method = method
    if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
    return request
  }

  /// Throws a failure if the answer is a redirect.
  ///
  /// The client does not follow a redirect, because the token must not be sent to another server.
  private func refuseRedirect(_ response: HTTPClientResponse) throws {
    guard (300..<400).contains(response.status.code) else { return }
    let target = response.headers.first(name: "Location").map { " to \($0)" } ?? ""
    throw CommandFailure(
      .refused,
      "\(baseURL) redirects\(target). The token was not sent to the new URL. If that URL is your server, use it with "
        + "--server."
    )
  }

  private func execute(_ request: HTTPClientRequest, _ timeout: TimeAmount) async throws -> HTTPClientResponse {
    do {
      let response = try await http.execute(request, timeout: timeout)
      notice.show(response.headers)
      return response
    } catch let error as HTTPClientError where error != .connectTimeout {
      throw unanswered(request, error.shortDescription)
    } catch let error as IOError where [ECONNRESET, EPIPE, ECONNABORTED].contains(error.errnoCode) {
      throw unanswered(request, "the connection was reset")
    } catch {
      throw CommandFailure(
        .tryAgain,
        "The server at \(baseURL) can't be reached. Check its URL, and that it is running."
      )
    }
  }

  /// Returns the failure for a request that the server did not answer, although the server possibly received the
  /// request.
  private func unanswered(_ request: HTTPClientRequest, _ problem: String) -> CommandFailure {
    let history = Suggestion("history").adding("--server", baseURL)
    let advice = request.method == .GET ? "Try again." : "The result is unknown. Check `\(history)`."
    return CommandFailure(.tryAgain, "The server at \(baseURL) did not answer (\(problem)). \(advice)")
  }
}

extension CommandFailure {
  /// Converts a server's error answer into a failure with a message for the user of the command.
  init(answer: ServerClient.Answer) {
    let error = answer.body["error"]?.object ?? [:]
    let code = error["code"]?.string ?? "status \(answer.status)"
    let message = error["message"]?.string ?? "The server answered with status \(answer.status)."
    let change = answer.changeID.map { " (change \($0))" } ?? ""
    if code == "unauthenticated" {
      self.init(.refused, "Invalid or expired token. Set REFLOG_TOKEN.")
      return
    }
    let exitCode: ExitCode =
      switch (answer.status, code) {
      case (404, _), (410, _): .notFound
      case (_, "stepUnresolved"), (_, "outcomeUnknown"), (429, _), (503, _): .tryAgain
      case (500, _): .internal
      default: .refused
      }
    self.init(exitCode, "\(code): \(message)\(change)")
  }
}
