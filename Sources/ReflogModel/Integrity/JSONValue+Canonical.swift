extension JSONValue {
  /// Returns the value in the only form that RFC 8785 permits, in UTF-8: the bytes that are hashed.
  ///
  /// A number must be a whole number of at most ``maximumWholeNumber`` in absolute value, in its shortest form.
  /// Fractions, exponents and `-0` are refused and not rewritten, because Reflog never wrote a record with one.
  /// Duplicate member names, compared by their bytes, and values nested ``maximumDepth`` levels deep are also refused.
  package func canonicalBytes() throws(IntegrityError) -> [UInt8] {
    var writer = CanonicalWriter()
    try writer.write(self, depth: 0)
    return writer.output
  }

  /// 2⁵³ − 1: up to this number every JSON reader keeps whole numbers exact (RFC 7493 §2.2).
  package static let maximumWholeNumber: Int64 = 9_007_199_254_740_991
}

extension JSONObject {
  /// Returns the object in the only form that RFC 8785 permits, as ``JSONValue/canonicalBytes()`` does.
  package func canonicalBytes() throws(IntegrityError) -> [UInt8] {
    try JSONValue.object(self).canonicalBytes()
  }
}
