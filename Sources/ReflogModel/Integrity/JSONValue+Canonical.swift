extension JSONValue {
  /// Returns the value as canonical JSON in UTF-8 (RFC 8785).
  ///
  /// Reflog hashes these bytes. Every number must be a whole number from -``maximumWholeNumber`` to
  /// ``maximumWholeNumber`` in its shortest form. Fractions, exponents and `-0` are errors, because Reflog never writes
  /// a record with such a number. Two members with the same name in one object are also an error. Names are compared
  /// byte by byte. Values that are nested deeper than ``maximumDepth`` levels are an error too.
  package func canonicalBytes() throws(IntegrityError) -> [UInt8] {
    var writer = CanonicalWriter()
    try writer.write(self, depth: 0)
    return writer.output
  }

  /// The largest whole number that every JSON reader keeps exact: 2⁵³ − 1 (RFC 7493 §2.2).
  package static let maximumWholeNumber: Int64 = 9_007_199_254_740_991
}

extension JSONObject {
  /// Returns the object as canonical JSON in UTF-8.
  ///
  /// The rules for ``JSONValue/canonicalBytes()`` apply.
  package func canonicalBytes() throws(IntegrityError) -> [UInt8] {
    try JSONValue.object(self).canonicalBytes()
  }
}
