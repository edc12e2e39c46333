import Foundation

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

/// A file that holds a secret.
enum CredentialFile {
  static func text(ofFileAt path: String) throws(CredentialError) -> String {
    guard let data = FileManager.default.contents(atPath: path), let text = String(validating: data, as: UTF8.self)
    else { throw .unreadable(path: path) }
    return text
  }

  static func firstLine(ofFileAt path: String) throws(CredentialError) -> String {
    let line = try text(ofFileAt: path).split(whereSeparator: \.isNewline).first ?? ""
    let secret = line.trimmingCharacters(in: .whitespaces)
    guard !secret.isEmpty else { throw .empty(path: path) }
    return secret
  }
}
