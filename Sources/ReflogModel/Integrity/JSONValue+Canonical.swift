extension JSONValue {
  /// The value in the one form that RFC 8785 gives it, in UTF-8: the bytes that are hashed.
  ///
  /// A number is a whole one of at most ``maximumWholeNumber`` in size, in its shortest spelling. Fractions, exponents
  /// and `-0` are refused rather than spelt anew, for a record that holds one was not written by Reflog. Members whose
  /// names are the same bytes, and values nested ``maximumDepth`` deep, are refused too.
  package func canonicalBytes() throws(IntegrityError) -> [UInt8] {
    var writer = CanonicalWriter()
    try writer.write(self, depth: 0)
    return writer.output
  }

  /// 2⁵³ − 1, up to which every reader of JSON tells each whole number from its neighbours (RFC 7493 §2.2).
  package static let maximumWholeNumber: Int64 = 9_007_199_254_740_991
}

extension JSONObject {
  /// The object in the one form that RFC 8785 gives it, as ``JSONValue/canonicalBytes()`` does.
  package func canonicalBytes() throws(IntegrityError) -> [UInt8] {
    try JSONValue.object(self).canonicalBytes()
  }
}
