package import ReflogModel

/// The reason why a credential can't be used.
package enum CredentialError: Error, CustomStringConvertible {
  /// The file can't be opened.
  case unreadable(path: String)
  /// The file is not UTF-8 text.
  case encoding(path: String, TextEncodingError)
  /// The first line of the file is empty.
  case empty(path: String)
  /// The file has no certificate.
  case noCertificate(path: String)
  /// The file has no private key that can be used.
  ///
  /// `problem` is the reason, written as a clause without a full stop.
  case noPrivateKey(path: String, problem: String)

  /// The message for the operator: the file, the problem, and what to do.
  package var description: String {
    switch self {
    case .unreadable(let path):
      "The credential file \(path) can't be read. Check that it exists and is readable for Reflog."
    case .encoding(let path, let problem): "The credential file \(path) can't be read: \(problem)."
    case .empty(let path): "The credential file \(path) is empty. Put the secret on its first line."
    case .noCertificate(let path):
      "\(path) has no certificate. Put the certificate and its private key into this file, both in PEM."
    case .noPrivateKey(let path, let problem):
      "\(path) has no usable private key: \(problem). Use an RSA key in PEM without a password."
    }
  }
}
