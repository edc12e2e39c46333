import Foundation
import ReflogStorage
import ReflogWebhooks

/// The files that an administrator created and that contain secrets.
///
/// Files that Reflog creates are not included.
struct SecretFiles: Sendable {
  private var files: [(name: String, path: String)] = []

  /// Finds the files in the settings.
  ///
  /// - Parameters:
  ///   - values: The values of the settings.
  ///   - webhooks: The file with the receivers of webhooks, or nil if there is none.
  init(_ values: SettingValues, _ webhooks: WebhookFile?) async throws {
    let settings = [
      Setting.graphClientSecretFile, .graphClientCertificate, .azureFederatedTokenFile, .tlsKey, .webhooks,
    ]
    for setting in settings {
      if let path = try await values.string(setting) { files.append((setting.variable, path)) }
    }
    for file in webhooks?.secretFiles ?? [] { files.append(("webhook \(file.receiver)", file.path)) }
    if let path = values.fileWithSecrets { files.append(("--config", path)) }
  }

  /// A warning for each file that every user of this machine can read at this moment.
  var warnings: [String] {
    files.filter { DurableFile.isReadableByAll($0.path) }.map { name, path in
      "Every user of this machine can read the secret in \(path) (\(name)). Remove this permission with chmod o-r."
    }
  }
}
