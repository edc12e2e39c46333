/// The output for the files of an evidence pack: a folder or a ZIP file.
package protocol EvidenceOutput {
  /// Appends bytes to a file of the pack.
  ///
  /// Several files can be open at the same time.
  ///
  /// - Parameters:
  ///   - bytes: The bytes.
  ///   - name: The path of the file below the folder of the pack.
  @concurrent
  mutating func append(_ bytes: [UInt8], to name: String) async throws

  /// Ends a file that was written with ``append(_:to:)``.
  @concurrent
  mutating func end(_ name: String) async throws

  /// Writes a whole file of the pack.
  @concurrent
  mutating func write(_ bytes: [UInt8], to name: String) async throws
}

/// Receives the bytes of a file in order.
package protocol ByteReceiver {
  /// Receives the next bytes.
  @concurrent
  mutating func receive(_ bytes: [UInt8]) async throws
}
