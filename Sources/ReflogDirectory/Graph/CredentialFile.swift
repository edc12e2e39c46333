import Foundation
import ReflogModel

/// Reads files that contain a secret.
enum CredentialFile {
  /// Returns the whole text of a file.
  static func text(ofFileAt path: String) throws(CredentialError) -> String {
    guard let data = FileManager.default.contents(atPath: path) else { throw .unreadable(path: path) }
    do { return try TextEncoding.text(data) } catch { throw .encoding(path: path, error) }
  }

  /// Returns the first line of a file, without white space at its start and its end.
  static func firstLine(ofFileAt path: String) throws(CredentialError) -> String {
    let line = try text(ofFileAt: path).split(whereSeparator: \.isNewline).first ?? ""
    let secret = line.trimmingCharacters(in: .whitespaces)
    guard !secret.isEmpty else { throw .empty(path: path) }
    return secret
  }
}
