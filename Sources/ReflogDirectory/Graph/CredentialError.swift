/// Why a credential can't be used.
package enum CredentialError: Error, CustomStringConvertible {
  case unreadable(path: String)
  case empty(path: String)
  case noCertificate(path: String)
  case noPrivateKey(path: String, problem: String)

  package var description: String {
    switch self {
    case .unreadable(let path): "The credential file \(path) can't be read."
    case .empty(let path): "The credential file \(path) is empty."
    case .noCertificate(let path): "\(path) holds no certificate in PEM."
    case .noPrivateKey(let path, let problem): "\(path) holds no RSA private key in PEM without a password: \(problem)."
    }
  }
}
