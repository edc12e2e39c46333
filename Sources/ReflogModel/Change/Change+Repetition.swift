extension Change {
  /// Whether Reflog carries out the request again if a caller repeats the request with the same `Idempotency-Key`.
  ///
  /// The repeated request can succeed in three cases: the write of the first request had no effect, the directory was
  /// too busy (429), or the directory refused the credential. In the last case, the repeated request can have another
  /// credential: a corrected credential of Reflog, or a new token of the caller.
  package var freesIdempotencyKey: Bool {
    switch result {
    case .notApplied: true
    case .rejected: outcome?.httpStatus == 429 || refusedCredential
    case .pending, .applied, .denied, .superseded, .unknown: false
    }
  }

  /// Whether the directory refused the credential, and not the change.
  ///
  /// Status 401 is always about the token. Status 403 is about the credential if Reflog sent its own credential.
  private var refusedCredential: Bool {
    switch outcome?.httpStatus {
    case 401: true
    case 403: intent.actor.proof != .graph
    default: false
    }
  }
}
