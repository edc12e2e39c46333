import Foundation
import ReflogStorage

/// The files that an administrator created and that contain secrets.
///
/// Files that Reflog creates are not included.
struct SecretFiles: Sendable {
  private var files: [(name: String, path: String)] = []

  init(_ values: SettingValues) async throws {
    for setting in [Setting.graphClientSecretFile, .graphClientCertificate, .azureFederatedTokenFile, .tlsKey] {
      if let path = try await values.string(setting) { files.append((setting.variable, path)) }
    }
    if let path = values.fileWithSecrets { files.append(("--config", path)) }
  }

  /// A warning for each file that every user of this machine can read at this moment.
  var warnings: [String] {
    files.filter { DurableFile.isReadableByAll($0.path) }.map { name, path in
      "Every user of this machine can read the secret in \(path) (\(name)). Remove this permission with chmod o-r."
    }
  }
}
