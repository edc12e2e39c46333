/// The program in Python that checks the log of a server. It is the same file as `tools/verify_log.py` in the source
/// code.
package enum LogVerifier {
  /// The value of the `Content-Type` header.
  package static let contentType = "text/x-python; charset=utf-8"
  /// The content of the program's file.
  package static let bytes = PackageResources.verify_log_py
}
